// SPDX-License-Identifier: Apache-2.0

/// The name of an AWS Region, `us-west-2`.
package struct Region: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    /// - Parameter name: lower-case words and a final number, with hyphens between: at least three parts, at most 32
    ///   characters. Regions that this build does not know are accepted.
    package init?(_ name: String) {
        let parts = name.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard name.utf8.count <= 32, parts.count >= 3, let number = parts.last, (1...2).contains(number.count),
            number.allSatisfy({ (0x30...0x39).contains($0) }),
            parts.dropLast().allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x61...0x7A).contains($0) } })
        else { return nil }
        self.name = name
    }

    /// Whether the name is formed as those of all Regions so far: a point of the compass, or `central`, before the
    /// number. A Region without it is most likely misspelt.
    package var hasUsualForm: Bool {
        let words = name.split(separator: "-").dropLast()
        return (1...4).contains(words.first?.count ?? 0) && words.last.map { Self.places.contains(String($0)) } == true
    }

    private static let places: Set<String> = [
        "north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest",
    ]

    package var partition: Partition { Partition(regionNamed: name) }

    package var description: String { name }
}
