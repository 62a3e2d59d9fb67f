/// Why a text is no IAM policy document.
package struct PolicyError: Error, Hashable, Sendable {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    static let notJSON = PolicyError("This policy contains invalid Json")
    static let syntax = PolicyError("Syntax errors in policy.")
}
