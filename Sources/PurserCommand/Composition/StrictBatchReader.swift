// SPDX-License-Identifier: Apache-2.0

import Compression
import StrictJSON
import Vending

/// Reads the user id of a batch as strictly as a token. Rejects a batch that two readers could interpret differently.
///
/// Inflates and checks a batch in steps of 16 KiB and builds neither the inflated text nor its values, so that the
/// memory for each batch has an upper bound of about 100 KiB.
struct StrictBatchReader: BatchReader {
    /// Maximum size of a user id, in bytes of UTF-8.
    static let userIDLimit = 1_024
    private static let path = ["UserDetails", "userId"]
    private static let stepBytes = 16 << 10

    /// Maximum size of an inflated batch, in bytes.
    let inflatedLimit: Int

    /// - Parameter batchBytes: the maximum size of a batch as it is sent. A gzipped batch may inflate to this size or to
    ///   1 MiB, whichever is larger.
    init(batchBytes: Int) {
        inflatedLimit = max(1 << 20, batchBytes)
    }

    func userID(in batch: Batch) throws(BatchError) -> String? {
        var scanner = JSONScanner(path: Self.path, valueLimit: Self.userIDLimit)
        if batch.isGzipped {
            try inflate(batch.body, into: &scanner)
        } else {
            try feed(batch.body.span, to: &scanner)
        }
        let finding: JSONFinding
        do throws(JSONError) {
            finding = try scanner.finish()
        } catch {
            throw Self.notStrict
        }
        switch finding {
        case .absent: return nil
        case .string(let userID): return userID
        case .tooLong: throw BatchError("UserDetails.userId is over \(Self.userIDLimit) bytes")
        case .misspelled(let step): throw BatchError("\(Self.path[step]) occurs twice or in another spelling")
        case .wrongType(let type, let step):
            throw BatchError("\(Self.path[...step].joined(separator: ".")) is \(type.rawValue)")
        }
    }

    /// The scanner checks output whose checksum is not known yet; `GzipStream` compares the checksum at the end, before
    /// the caller asks for the result.
    private func inflate(_ body: [UInt8], into scanner: inout JSONScanner) throws(BatchError) {
        var stream = try open(body)
        var step = [UInt8](repeating: 0, count: Self.stepBytes)
        while true {
            let count: Int
            do throws(GzipError) {
                count = try stream.read(into: &step)
            } catch {
                throw batchError(error)
            }
            guard count > 0 else { return }
            try feed(step.span.extracting(..<count), to: &scanner)
        }
    }

    private func open(_ body: [UInt8]) throws(BatchError) -> GzipStream {
        do throws(GzipError) {
            return try GzipStream(body, limit: inflatedLimit)
        } catch {
            throw batchError(error)
        }
    }

    private func feed(_ piece: Span<UInt8>, to scanner: inout JSONScanner) throws(BatchError) {
        do throws(JSONError) {
            try scanner.feed(piece)
        } catch {
            throw Self.notStrict
        }
    }

    private func batchError(_ error: GzipError) -> BatchError {
        switch error {
        case .malformed: BatchError("the batch is not gzip")
        case .tooLarge: BatchError("the batch is over \(inflatedLimit) bytes when it is inflated")
        case .outOfMemory: BatchError("no memory to inflate the batch")
        }
    }

    private static let notStrict = BatchError("the batch is not a strict JSON object")
}
