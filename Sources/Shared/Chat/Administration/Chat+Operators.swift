// Who is an operator. Nobody is by default, and the first account is not either: the command line makes the first one.
import Domain
import SQL
import Store

extension Chat {
  /// Makes a user an operator, or no longer one, with the registration codes that they made. The last one may go: the command line can make
  /// another. The user's own devices are told. False if nothing changes.
  public func setOperator(_ isOperator: Bool, _ reference: AccountReference, by operator: Operator) throws -> Bool {
    try commit(as: `operator`) { transaction in
      let account = try Self.changeableAccount(reference, transaction.database)
      guard !isOperator || account.suspendedAt == nil else {
        throw ChatError(.conflict, "This user is suspended, and so cannot be an operator.")
      }
      guard try Users.setOperator(isOperator, account.user.rowID, transaction) else { return false }
      try `operator`.record(isOperator ? .operatorMade : .operatorUnmade, user: account.user.rowID, transaction)
      try Self.announceAccount(of: account.user, transaction)
      return true
    }
  }
}
