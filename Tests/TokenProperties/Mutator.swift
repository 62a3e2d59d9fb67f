// SPDX-License-Identifier: Apache-2.0

/// Mutates inputs of a corpus. The same seed gives the same inputs on every machine.
package struct Mutator {
    private var state: UInt64
    private let corpus: [[UInt8]]

    /// Fragments that are significant to at least one parser.
    private static let fragments: [[UInt8]] = [
        "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ":", ",", ".", "=", "-", "_", "+", "/", "\n", "\r", " ",
        "\u{FEFF}", "null", "true", "1e999", "-0", "0", "18446744073709551616", "alg", "kid", "none", "HS256", "crit",
        "exp", "aud", "keys", "kty", "AQAB", "e30", "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----",
        "https://", "http://", "@", "#",
    ].map { Array($0.utf8) }

    package init(seed: UInt64, corpus: [[UInt8]]) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        self.corpus = corpus
    }

    /// Returns an input of the corpus with one to sixteen changes.
    package mutating func next() -> [UInt8] {
        var input = pick(corpus)
        for _ in 0...below(16) { change(&input) }
        return input
    }

    private mutating func change(_ input: inout [UInt8]) {
        let offset = below(input.count + 1)
        switch below(8) {
        case 0 where offset < input.count: input[offset] ^= 1 << UInt8(below(8))
        case 1 where offset < input.count: input[offset] = UInt8(below(256))
        case 2 where offset < input.count: input.remove(at: offset)
        case 3: input.insert(contentsOf: pick(Self.fragments), at: offset)
        case 4 where offset < input.count:
            let end = min(offset + below(32), input.count)
            input.insert(contentsOf: input[offset..<end], at: below(input.count + 1))
        case 5 where offset < input.count: input.removeSubrange(offset..<min(offset + below(32), input.count))
        case 6:
            let other = pick(corpus)
            let begin = below(other.count + 1)
            input.replaceSubrange(offset..., with: other[begin...])
        default: input.insert(UInt8(0x20 + below(95)), at: offset)
        }
        // Long enough to exceed the limit on a token's size.
        if input.count > 20_000 { input.removeLast(input.count - 20_000) }
    }

    private mutating func pick(_ list: [[UInt8]]) -> [UInt8] { list[below(list.count)] }

    /// SplitMix64.
    private mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
