// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    private import Glibc
#else
    private import Darwin
#endif

/// A string that equals only a string with the same bytes.
///
/// Swift's own equality is canonical equivalence, under which "K" equals the Kelvin sign; RFC 7515 §5.3 compares code
/// points.
struct ExactString: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactString, right: ExactString) -> Bool {
        left.text.isExactly(right.text)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Whether both have the same bytes; Swift's own equality is canonical equivalence.
    package func isExactly(_ other: String) -> Bool {
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard left.count == right.count else { return false }
                guard let left = left.baseAddress, let other = right.baseAddress else { return true }
                return unsafe memcmp(left, other, right.count) == 0
            }
        }
    }
}
