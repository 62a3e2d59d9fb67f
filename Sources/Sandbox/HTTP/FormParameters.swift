/// A body of `application/x-www-form-urlencoded`, decoded strictly: no parameter twice, no broken escape, no byte
/// that isn't UTF-8.
struct FormParameters: Sendable {
    /// Parameters at most; a request with 50 tags needs about 110.
    static let limit = 200

    private let values: [String: String]

    init(_ body: [UInt8]) throws(FormError) {
        guard let text = String(validating: body, as: UTF8.self) else { throw .malformed }
        var values: [String: String] = [:]
        for item in text.split(separator: "&") {
            guard values.count < Self.limit else { throw .tooMany }
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, let name = Self.decode(parts[0]),
                let value = Self.decode(parts[1])
            else { throw .malformed }
            guard values.updateValue(value, forKey: name) == nil else { throw .duplicate(name) }
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    var names: Dictionary<String, String>.Keys { values.keys }

    private static func decode(_ text: Substring) -> String? {
        URIEncoding.decode(text, plusIsSpace: true).flatMap { String(validating: $0, as: UTF8.self) }
    }
}

enum FormError: Error, Equatable {
    case malformed
    /// The name of the parameter.
    case duplicate(String)
    case tooMany
}
