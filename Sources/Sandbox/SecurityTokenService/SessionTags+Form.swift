// SPDX-License-Identifier: Apache-2.0

import StrictForm

extension SessionTags {
    /// Reads `Tags.member.N.Key`, `.Value` and `TransitiveTagKeys.member.N` (AWS STS API, AssumeRole).
    init(_ form: FormParameters) throws(STSError) {
        var tags: [SessionTag] = []
        let count = try Self.count("Tags.", in: form)
        for index in 0..<count {
            let prefix = "Tags.member.\(index + 1)"
            tags.append(
                SessionTag(
                    key: try form.required("\(prefix).Key", length: SessionTag.keyLength),
                    value: try form.required("\(prefix).Value", length: SessionTag.valueLength)))
        }
        var transitive: [String] = []
        for index in 0..<(try Self.count("TransitiveTagKeys.", in: form)) {
            transitive.append(
                try form.required("TransitiveTagKeys.member.\(index + 1)", length: SessionTag.keyLength))
        }
        do throws(SessionTagsError) {
            try self.init(tags, transitiveKeys: transitive)
        } catch {
            throw Self.error(error)
        }
    }

    /// The number of members of a list, counted by their distinct indices.
    private static func count(_ prefix: String, in form: FormParameters) throws(STSError) -> Int {
        let numbers = form.names.filter { $0.hasPrefix(prefix) }.map { $0.split(separator: ".").dropFirst(2).first }
        let count = Set(numbers).count
        guard count <= SessionTag.limit else {
            throw .constraint("tags", "Member must have length less than or equal to \(SessionTag.limit)")
        }
        return count
    }

    private static func error(_ error: SessionTagsError) -> STSError {
        switch error {
        case .tooMany: .constraint("tags", "Member must have length less than or equal to \(SessionTag.limit)")
        case .key: .constraint("tags.member.key", #"Member must satisfy regular expression pattern: \#(pattern)+"#)
        case .value: .constraint("tags.member.value", #"Member must satisfy regular expression pattern: \#(pattern)*"#)
        case .reserved: .invalidParameter("Tag keys beginning with aws: are reserved for system use.")
        case .duplicate:
            .invalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
        case .transitive:
            .invalidParameter("Each transitive tag key must be the key of a tag in the request.")
        }
    }

    private static let pattern = #"[\p{L}\p{Z}\p{N}_.:/=+\-@]"#
}
