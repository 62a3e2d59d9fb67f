// SPDX-License-Identifier: Apache-2.0

enum ConstantTime {
    /// Compares in a time that depends only on the lengths, so that timing does not reveal a secret.
    static func equal(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
