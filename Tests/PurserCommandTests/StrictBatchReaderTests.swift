// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Vending

@testable import PurserCommand

@Suite struct StrictBatchReaderTests {
    private func read(_ body: [UInt8], gzipped: Bool = false) throws(BatchError) -> String? {
        try StrictBatchReader().userID(in: Batch(body: body, contentType: "application/json", isGzipped: gzipped))
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

    @Test("rejects invalid and truncated gzip, gzip bombs, and gzip that is not declared")
    func gzip() {
        let good = Array(#"{"UserDetails":{"userId":"alice"}}"#.utf8)
        let bomb = Gzipped.make([UInt8](repeating: 0x20, count: StrictBatchReader.limit) + good)
        #expect(bomb.count < 64 << 10)
        for (body, isGzipped) in [
            (good, true), (Gzipped.make(good), false), (Array(Gzipped.make(good).dropLast()), true), (bomb, true),
        ] {
            #expect(throws: BatchError.self) { try read(body, gzipped: isGzipped) }
        }
    }
}
