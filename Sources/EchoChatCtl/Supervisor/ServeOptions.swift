// The options of `serve`: where the programs, the nginx configuration and the web page are.
import Posix

struct ServeOptions {
  let programs: String
  let nginx: ShippedNginx

  init(_ arguments: Arguments) throws {
    programs = try arguments.value("--programs").map { try absolutePath($0) } ?? ShippedNginx.programsDirectory()
    nginx = try ShippedNginx(arguments)
  }
}
