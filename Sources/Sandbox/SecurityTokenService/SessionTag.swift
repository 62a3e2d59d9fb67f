/// A session tag of AssumeRole (`Tags.member.N.Key`, `.Value`). Kept for its size only: no policy here looks at tags.
struct SessionTag: Sendable {
    let key: String
    let value: String

    /// Tags at most (AWS STS API, AssumeRole).
    private static let limit = 50

    var size: Int { key.utf8.count + value.utf8.count }

    static func all(in form: FormParameters) throws(STSError) -> [SessionTag] {
        let count = Set(form.names.filter { $0.hasPrefix("Tags.") }.map { $0.split(separator: ".").dropFirst(2).first })
            .count
        guard count <= limit else {
            throw .constraint("tags", "Member must have length less than or equal to \(limit)")
        }
        var tags: [SessionTag] = []
        var keys: Set<String> = []
        for index in 0..<count {
            let prefix = "Tags.member.\(index + 1)"
            let key = try form.required("\(prefix).Key", length: 1...128)
            let value = try form.required("\(prefix).Value", length: 0...256)
            guard keys.insert(key.lowercased()).inserted else {
                throw STSError(
                    status: 400, code: "InvalidParameterValue",
                    message: "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
            }
            tags.append(SessionTag(key: key, value: value))
        }
        return tags
    }
}
