/// Makes inputs out of inputs. Seeded: the same seed makes the same inputs on every machine.
package struct Mutator {
    private var state: UInt64
    private let corpus: [[UInt8]]

    /// Pieces that mean something to one parser or another.
    private static let words: [[UInt8]] = [
        "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ":", ",", ".", "=", "-", "_", "+", "/", "\n", "\r", " ",
        "\u{FEFF}", "null", "true", "1e999", "-0", "0", "18446744073709551616", "alg", "kid", "none", "HS256", "crit",
        "exp", "aud", "keys", "kty", "AQAB", "e30", "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----",
        "https://", "http://", "@", "#",
    ].map { Array($0.utf8) }

    package init(seed: UInt64, corpus: [[UInt8]]) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        self.corpus = corpus
    }

    /// An input of the corpus with one change to sixteen.
    package mutating func next() -> [UInt8] {
        var input = pick(corpus)
        for _ in 0...below(16) { change(&input) }
        return input
    }

    private mutating func change(_ input: inout [UInt8]) {
        let place = below(input.count + 1)
        switch below(8) {
        case 0 where place < input.count: input[place] ^= 1 << UInt8(below(8))
        case 1 where place < input.count: input[place] = UInt8(below(256))
        case 2 where place < input.count: input.remove(at: place)
        case 3: input.insert(contentsOf: pick(Self.words), at: place)
        case 4 where place < input.count:
            let end = min(place + below(32), input.count)
            input.insert(contentsOf: input[place..<end], at: below(input.count + 1))
        case 5 where place < input.count: input.removeSubrange(place..<min(place + below(32), input.count))
        case 6:
            let other = pick(corpus)
            let begin = below(other.count + 1)
            input.replaceSubrange(place..., with: other[begin...])
        default: input.insert(UInt8(0x20 + below(95)), at: place)
        }
        // Enough for every rule about size, and no more.
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
