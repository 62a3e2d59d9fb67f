// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import BrokerConfiguration

@Suite struct RepeatedKeyTests {
    @Test(
        "finds a key in its own mapping only, whatever its quotes",
        arguments: [
            ("a: 1\nb: 2\na: 3\n", 1, 1, [1, 3]), ("a:\n  a: 1\n  b: 2\n  \"a\": 3\na: 4\n", 2, 3, [2, 4]),
            ("- a: 1\n  b: 2\n  'a' : 3\n- a: 4\n", 1, 3, [1, 3]), ("a: 1\n# a: 2\n\na : 3\nab: 4\n", 1, 1, [1, 4]),
            ("{a: 1, a: 2}\n", 1, 2, [1]), ("x:\n    a: 1\n    a: 2", 2, 5, [2, 3]),
        ])
    func places(text: String, line: Int, column: Int, expected: [Int]) {
        #expect(RepeatedKey.lines(of: "a", inMappingAt: (line, column), text) == expected)
    }
}
