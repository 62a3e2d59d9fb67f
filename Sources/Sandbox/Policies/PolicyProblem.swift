/// Why a text is no IAM policy document.
package struct PolicyProblem: Error, Hashable, Sendable {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    static let notJSON = PolicyProblem("This policy contains invalid Json")
    static let syntax = PolicyProblem("Syntax errors in policy.")
}
