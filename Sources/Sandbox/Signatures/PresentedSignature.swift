// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A request's signature from its `Authorization` header or its query, parsed but not verified.
struct PresentedSignature: Sendable {
    enum Form: Sendable {
        case header
        /// A presigned URL, valid for this many seconds (`X-Amz-Expires`, at most seven days).
        case query(seconds: Int)
    }

    static let algorithm = "AWS4-HMAC-SHA256"

    let form: Form
    let scope: CredentialScope
    /// Lower-case, sorted.
    let signedHeaders: [String]
    /// 64 lower-case hexadecimal digits.
    let signature: String
    let date: Date
    let sessionToken: String?

    init(of request: SignedRequest) throws(SignatureError) {
        let authorization = request.values(of: "authorization")
        let query = try Self.queryParameters(request.query)
        switch (authorization.count, query["X-Amz-Algorithm"]) {
        case (0, nil): throw .missing
        case (1, nil): try self.init(authorization: authorization[0], of: request)
        case (0, .some): try self.init(query: query)
        default: throw .malformed
        }
    }

    private init(authorization: String, of request: SignedRequest) throws(SignatureError) {
        let prefix = Self.algorithm + " "
        guard authorization.hasPrefix(prefix) else { throw .malformed }
        var fields: [String: String] = [:]
        for part in authorization.dropFirst(prefix.count).split(separator: ",") {
            let pair = part.trimmingPrefix(while: { $0 == " " }).split(separator: "=", maxSplits: 1)
            guard pair.count == 2, fields.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
                throw .malformed
            }
        }
        let dates = request.values(of: "x-amz-date")
        let tokens = request.values(of: "x-amz-security-token")
        guard fields.count == 3, dates.count == 1, tokens.count <= 1, let date = AmazonDate.parse(dates[0]) else {
            throw .malformed
        }
        try self.init(
            form: .header, credential: fields["Credential"], signedHeaders: fields["SignedHeaders"],
            signature: fields["Signature"], date: date, sessionToken: tokens.first)
        let present = Set(request.headers.map { $0.name.lowercased() })
        // AWS requires every x-amz-* header to be signed: an intermediary could add an unsigned one.
        guard present.filter({ $0.hasPrefix("x-amz-") }).isSubset(of: signedHeaders) else { throw .malformed }
    }

    private init(query: [String: String]) throws(SignatureError) {
        guard query["X-Amz-Algorithm"] == Self.algorithm, let expires = query["X-Amz-Expires"], expires.utf8.count <= 6,
            let seconds = Int(expires), (1...604_800).contains(seconds),
            let date = query["X-Amz-Date"].flatMap(AmazonDate.parse)
        else { throw .malformed }
        try self.init(
            form: .query(seconds: seconds), credential: query["X-Amz-Credential"],
            signedHeaders: query["X-Amz-SignedHeaders"], signature: query["X-Amz-Signature"], date: date,
            sessionToken: query["X-Amz-Security-Token"])
    }

    private init(
        form: Form, credential: String?, signedHeaders: String?, signature: String?, date: Date, sessionToken: String?
    ) throws(SignatureError) {
        guard let scope = credential.flatMap(CredentialScope.init), let signature, signature.utf8.count == 64 else {
            throw .malformed
        }
        let names = (signedHeaders ?? "").split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        guard names.count <= 100, names.contains("host"), names == names.map({ $0.lowercased() }),
            names == names.sorted(), Set(names).count == names.count,
            scope.day == AmazonDate.format(date).prefix(8)
        else { throw .malformed }
        self.form = form
        self.scope = scope
        self.signedHeaders = names
        self.signature = signature
        self.date = date
        self.sessionToken = sessionToken
    }

    private static func queryParameters(_ query: String) throws(SignatureError) -> [String: String] {
        var parameters: [String: String] = [:]
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = URIEncoding.decode(parts[0]).flatMap({ String(validating: $0, as: UTF8.self) }),
                let value = URIEncoding.decode(parts.count > 1 ? parts[1] : "")
                    .flatMap({ String(validating: $0, as: UTF8.self) })
            else { throw .malformed }
            guard name.hasPrefix("X-Amz-") else { continue }
            guard parameters.updateValue(value, forKey: name) == nil else { throw .malformed }
        }
        return parameters
    }
}
