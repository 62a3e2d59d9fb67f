// SPDX-License-Identifier: Apache-2.0

/// Generates valid objects whose member names repeat now and then. The same seed gives the same objects.
struct DocumentGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func object() -> [UInt8] {
        Array(object(depth: 1).utf8)
    }

    private mutating func object(depth: Int) -> String {
        let names = ["UserDetails", "userId", "USERID"] + (0..<40).map { "name\($0)" }
        let members = (0..<below(5)).map { _ in #""\#(names[below(names.count)])":\#(value(depth: depth))"# }
        return "{\(members.joined(separator: ","))}"
    }

    private mutating func value(depth: Int) -> String {
        switch below(depth < 6 ? 6 : 3) {
        case 0: "null"
        case 1: "\(below(1_000))"
        case 2: #""\#(below(1_000))""#
        case 3: "[\((0..<below(3)).map { _ in value(depth: depth + 1) }.joined(separator: ","))]"
        default: object(depth: depth + 1)
        }
    }

    private mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
}
