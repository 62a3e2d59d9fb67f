// SPDX-License-Identifier: Apache-2.0

/// The member names of all open objects, as digests, to detect duplicates in bounded memory.
///
/// A hash table with open addressing. Names are removed in the opposite order of their insertion, so that each removal
/// restores the state before the insertion: no tombstones are needed.
struct OpenNames {
    /// Maximum number of names in all objects that are open at one position.
    static let limit = 1_024

    /// Twice the limit, so that probing stays short. 0 is a free slot.
    private var slots = [UInt64](repeating: 0, count: 2 * limit)
    /// The used slots in the order of insertion.
    private var order: [UInt16] = []
    /// For each open object, the number of names before its first one.
    private var starts: [Int] = []

    enum Insertion {
        case inserted, duplicate, full
    }

    init() {
        order.reserveCapacity(Self.limit)
        starts.reserveCapacity(JSONParser.depthLimit)
    }

    var bufferBytes: Int {
        slots.capacity * MemoryLayout<UInt64>.stride + order.capacity * MemoryLayout<UInt16>.stride
            + starts.capacity * MemoryLayout<Int>.stride
    }

    mutating func open() {
        starts.append(order.count)
    }

    /// Removes the names of the object that was opened last.
    mutating func close() {
        guard let start = starts.popLast() else { return }
        while order.count > start { slots[Int(order.removeLast())] = 0 }
    }

    /// - Parameter digest: of the name and the depth of its object, so that two open objects may have the same name.
    mutating func insert(_ digest: UInt64) -> Insertion {
        let digest = max(digest, 1)
        var slot = Int(digest % UInt64(slots.count))
        while slots[slot] != 0 {
            if slots[slot] == digest { return .duplicate }
            slot = (slot + 1) % slots.count
        }
        guard order.count < Self.limit else { return .full }
        slots[slot] = digest
        order.append(UInt16(slot))
        return .inserted
    }
}
