import Compression
import StrictJSON
import Tokens
import Vending

/// Reads of a batch whom it says it is about, as strictly as a token: what could be read in two ways is refused.
struct StrictBatchReader: BatchReader {
    /// Bytes of a batch once it is inflated.
    static let limit = 8 << 20

    func userID(in batch: Batch) throws(BatchError) -> String? {
        let content = try content(of: batch)
        let document: JSONObject
        do throws(JSONError) {
            document = try JSONObject.parse(content) { Self.isSpelling($0, of: "UserDetails") }
        } catch {
            throw BatchError("the batch is no strict JSON object")
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

    /// The one member of that name. Another reader may take other capitals for the same name.
    private func member(_ name: String, of object: JSONObject) throws(BatchError) -> JSONValue? {
        let spellings = object.members.filter { Self.isSpelling($0.name, of: name) }
        guard let first = spellings.first else { return nil }
        guard spellings.count == 1, Array(first.name.utf8) == Array(name.utf8) else {
            throw BatchError("\(name) is there in another spelling")
        }
        return first.value
    }

    private static func isSpelling(_ text: String, of name: String) -> Bool { text.lowercased() == name.lowercased() }
}
