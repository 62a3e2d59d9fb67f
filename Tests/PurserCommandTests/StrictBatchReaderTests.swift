// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Vending

@testable import PurserCommand

@Suite struct StrictBatchReaderTests {
    private func read(
        _ body: [UInt8], gzipped: Bool = false, batchBytes: Int = 64 << 10
    ) throws(BatchError) -> String? {
        try StrictBatchReader(batchBytes: batchBytes).userID(
            in: Batch(body: body, contentType: "application/json", isGzipped: gzipped))
    }

    private func detail(_ body: [UInt8], gzipped: Bool = false, batchBytes: Int = 64 << 10) -> String? {
        do throws(BatchError) {
            _ = try read(body, gzipped: gzipped, batchBytes: batchBytes)
            return nil
        } catch {
            return error.detail
        }
    }

    @Test(
        "finds the user id in a plain and in a gzipped batch",
        arguments: [
            (#"{"BatchId":"1","UserDetails":{"userId":"alice","sessionId":"s"},"RumEvents":[]}"#, "alice"),
            (#"{"User\u0044etails":{"userI\u0064":"\u0061lice"}}"#, "alice"), (#"{"UserDetails":{}}"#, nil),
            (#"{"UserDetails":null}"#, nil), (#"{"UserDetails":{"userId":null}}"#, nil), ("{}", nil),
            (#"{"RumEvents":[{"UserDetails":{"userId":"bob"}}]}"#, nil),
        ] as [(String, String?)])
    func found(body: String, userID: String?) throws {
        #expect(try read(Array(body.utf8)) == userID)
        #expect(try read(Gzipped.make(Array(body.utf8)), gzipped: true) == userID)
    }

    @Test(
        "rejects a batch that two readers could interpret differently",
        arguments: [
            #"{"UserDetails":{"userId":"alice"},"UserDetails":{"userId":"bob"}}"#,
            #"{"UserDetails":{"userId":"alice","userId":"bob"}}"#, #"{"userDetails":{"userId":"alice"}}"#,
            #"{"UserDetails":{"userId":"alice","UserID":"bob"}}"#, #"{"UserDetails":{"userid":"bob"}}"#,
            #"{"UserDetails":{"userId":"alice"},"USERDETAILS":{}}"#, #"{"UserDetails":[{"userId":"alice"}]}"#,
            #"{"UserDetails":{"userId":7}}"#, #"{"UserDetails":"alice"}"#, "[]", "", "{", "{}{}",
            "\u{FEFF}{}", #"{"UserDetails":{"userId":"\u0000"}}"#,
        ])
    func ambiguous(body: String) {
        #expect(throws: BatchError.self) { try read(Array(body.utf8)) }
        #expect(throws: BatchError.self) { try read(Gzipped.make(Array(body.utf8)), gzipped: true) }
    }

    @Test(
        "describes what is wrong, without content of the batch",
        arguments: [
            ("not JSON", "the batch is not a strict JSON object"), ("[]", "the batch is not a strict JSON object"),
            (#"{"UserDetails":7}"#, "UserDetails is a number"), (#"{"UserDetails":[]}"#, "UserDetails is an array"),
            (#"{"UserDetails":{"userId":true}}"#, "UserDetails.userId is a boolean"),
            (#"{"UserDetails":{"userId":{}}}"#, "UserDetails.userId is an object"),
            (#"{"userDetails":{}}"#, "UserDetails occurs twice or in another spelling"),
            (#"{"UserDetails":{"userId":"a","userID":"b"}}"#, "userId occurs twice or in another spelling"),
            ("{\"U\u{17F}erDetails\":{}}", "UserDetails occurs twice or in another spelling"),
            ("{\"UserDetails\":{\"user\u{131}d\":\"b\"}}", "userId occurs twice or in another spelling"),
        ])
    func details(body: String, detail: String) {
        #expect(self.detail(Array(body.utf8)) == detail)
        #expect(self.detail(Gzipped.make(Array(body.utf8)), gzipped: true) == detail)
    }

    @Test("accepts a user id of 1,024 bytes and rejects a longer one")
    func userIDLimit() throws {
        let longest = String(repeating: "é", count: 512)
        #expect(try read(Array(#"{"UserDetails":{"userId":"\#(longest)"}}"#.utf8)) == longest)
        let longer = Array(#"{"UserDetails":{"userId":"\#(longest)x"}}"#.utf8)
        #expect(detail(longer) == "UserDetails.userId is over 1024 bytes")
    }

    @Test(
        "inflates a batch to 1 MiB or to the limit on batches, whichever is larger",
        arguments: [(64 << 10, 1 << 20), (1 << 20, 1 << 20), (6 << 20, 6 << 20)])
    func inflatedLimit(batchBytes: Int, limit: Int) throws {
        let batch = Array(#"{"UserDetails":{"userId":"alice"}}"#.utf8)
        let longest = [UInt8](repeating: 0x20, count: limit - batch.count) + batch
        #expect(try read(Gzipped.make(longest), gzipped: true, batchBytes: batchBytes) == "alice")
        let detail = detail(Gzipped.make([0x20] + longest), gzipped: true, batchBytes: batchBytes)
        #expect(detail == "the batch is over \(limit) bytes when it is inflated")
    }

    @Test("finds nothing in a batch whose checksum is wrong or that has bytes after the gzip member")
    func checksum() {
        var batch = Gzipped.make(Array(#"{"UserDetails":{"userId":"alice"}}"#.utf8))
        #expect(detail(batch + [0], gzipped: true) == "the batch is not gzip")
        batch[batch.count - 5] ^= 1
        #expect(detail(batch, gzipped: true) == "the batch is not gzip")
    }

    @Test("rejects invalid and truncated gzip, gzip bombs, and gzip that is not declared")
    func gzip() {
        let good = Array(#"{"UserDetails":{"userId":"alice"}}"#.utf8)
        let bomb = Gzipped.make([UInt8](repeating: 0x20, count: 8 << 20) + good)
        #expect(bomb.count < 64 << 10)
        for (body, isGzipped) in [
            (good, true), (Gzipped.make(good), false), (Array(Gzipped.make(good).dropLast()), true), (bomb, true),
        ] {
            #expect(throws: BatchError.self) { try read(body, gzipped: isGzipped) }
        }
    }
}
