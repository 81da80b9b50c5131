// A user who has at least one line on this loop.
import Domain
import EventLoop

final class Person {
  let number: UserNumber
  let id: PublicID
  let username: String
  var lines: [Token] = []

  init(_ user: User) {
    number = user.number
    id = user.id
    username = user.username
  }
}
