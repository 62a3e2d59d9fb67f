/// The setting `audit`.
package struct AuditSettings: Sendable {
    package enum Sink: Equatable, Sendable {
        case standardError
        case file(String)
        case off
    }

    package var sink = Sink.standardError
    /// Whether credentials that could not be recorded are held back.
    package var isRequired = false
}
