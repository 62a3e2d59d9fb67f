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

    package var partition: Partition { Partition(regionNamed: name) }

    package var description: String { name }
}
