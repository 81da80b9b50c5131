// Who asks for a password hash, for the sharing of the hasher.
internal import Posix

public struct HashRequester: Sendable {
  /// Nobody in particular: shares nothing with anyone.
  public static let unknown = HashRequester(isSignIn: true, account: nil, client: nil)

  let permitRequest: PermitRequest

  /// `isSignIn`: goes before what signed-in users and newcomers ask for. `account` names the account whose password it is, `client` the
  /// address of the request.
  public init(isSignIn: Bool, account: String?, client: String?) {
    permitRequest = PermitRequest(
      isPreferred: isSignIn, parties: [account.map { "account \($0)" }, client.map { "client \($0)" }].compactMap(\.self))
  }
}
