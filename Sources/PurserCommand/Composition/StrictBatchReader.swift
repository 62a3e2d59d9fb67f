// SPDX-License-Identifier: Apache-2.0

import Compression
import StrictJSON
import Tokens
import Vending

/// Reads the user id of a batch as strictly as a token. Rejects a batch that two readers could interpret differently.
struct StrictBatchReader: BatchReader {
    /// Maximum size of an inflated batch, in bytes.
    static let limit = 8 << 20

    func userID(in batch: Batch) throws(BatchError) -> String? {
        let content = try content(of: batch)
        let document: JSONObject
        do throws(JSONError) {
            document = try JSONObject.parse(content) { Self.isSameIgnoringCase($0, "UserDetails") }
        } catch {
            throw BatchError("the batch is not a strict JSON object")
        }
        switch try member("UserDetails", of: document) {
        case nil, .null: return nil
        case .object(let details):
            switch try member("userId", of: details) {
            case nil, .null: return nil
            case .string(let userID): return userID
            case .some(let other): throw BatchError("UserDetails.userId is \(other.typeName)")
            }
        case .some(let other): throw BatchError("UserDetails is \(other.typeName)")
        }
    }

    private func content(of batch: Batch) throws(BatchError) -> [UInt8] {
        guard batch.isGzipped else { return batch.body }
        do throws(GzipError) {
            return try Gzip.inflate(batch.body, limit: Self.limit)
        } catch {
            switch error {
            case .malformed: throw BatchError("the batch is not gzip")
            case .tooLarge: throw BatchError("the batch is over \(Self.limit) bytes when it is inflated")
            case .outOfMemory: throw BatchError("no memory to inflate the batch")
            }
        }
    }

    /// The only member with this name. Another reader may ignore case, so a name that differs only in case is rejected.
    private func member(_ name: String, of object: JSONObject) throws(BatchError) -> JSONValue? {
        let matches = object.members.filter { Self.isSameIgnoringCase($0.name, name) }
        guard let first = matches.first else { return nil }
        guard matches.count == 1, Array(first.name.utf8) == Array(name.utf8) else {
            throw BatchError("\(name) occurs twice or in another spelling")
        }
        return first.value
    }

    private static func isSameIgnoringCase(_ text: String, _ name: String) -> Bool {
        text.lowercased() == name.lowercased()
    }
}
