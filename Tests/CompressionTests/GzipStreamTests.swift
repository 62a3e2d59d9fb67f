// SPDX-License-Identifier: Apache-2.0

import Compression
import TestSupport
import Testing

@Suite struct GzipStreamTests {
    /// All output with the error that ended it, if one did.
    private static func read(
        _ input: [UInt8], step: Int, limit: Int = 1 << 20
    ) -> (output: [UInt8], longest: Int, error: GzipError?) {
        var output: [UInt8] = []
        var longest = 0
        do throws(GzipError) {
            var stream = try GzipStream(input, limit: limit)
            var buffer = [UInt8](repeating: 0, count: step)
            while true {
                let count = try stream.read(into: &buffer)
                guard count > 0 else { break }
                longest = max(longest, count)
                output += buffer[..<count]
            }
            guard try stream.read(into: &buffer) == 0 else { return (output, longest, .malformed) }
            return (output, longest, nil)
        } catch {
            return (output, longest, error)
        }
    }

    private static let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 7 * $0) }

    @Test("returns the output in steps of at most the buffer", arguments: [1, 7, 1_000, 16 << 10, 100_000, 200_000])
    func steps(step: Int) {
        let result = Self.read(Gzipped.make(Self.content), step: step)
        #expect(result.output == Self.content)
        #expect(result.error == nil)
        #expect(result.longest <= step)
    }

    @Test("accepts output of exactly the limit and rejects longer output, in steps of any size")
    func limit() {
        let input = Gzipped.make(Self.content)
        for step in [1, 1_000, 16 << 10, 200_000] {
            #expect(Self.read(input, step: step, limit: 100_000).error == nil)
            let result = Self.read(input, step: step, limit: 99_999)
            #expect(result.error == .tooLarge)
            #expect(result.output.count <= 99_999)
        }
    }

    @Test("reads an empty member as no output")
    func empty() {
        let result = Self.read(Gzipped.make([]), step: 16, limit: 0)
        #expect(result.output == [])
        #expect(result.error == nil)
        #expect(Self.read([], step: 16).error == .malformed)
    }

    @Test("never ends without an error if the member is truncated, damaged at its end or followed by bytes")
    func malformed() {
        let input = Gzipped.make(Self.content)
        for count in [1, 9, 10, 11, input.count / 2, input.count - 9, input.count - 8, input.count - 1] {
            #expect(Self.read(Array(input.prefix(count)), step: 1_000).error == .malformed)
        }
        for index in (input.count - 8)..<input.count {
            var damaged = input
            damaged[index] ^= 1
            #expect(Self.read(damaged, step: 1_000).error == .malformed)
        }
        #expect(Self.read(input + [0], step: 1_000).error == .malformed)
        #expect(Self.read(input + input, step: 1_000).error == .malformed)
    }
}
