extension String {
    /// Whether both have the same bytes; Swift's own equality takes canonically equivalent strings for one.
    func hasBytes(of other: String) -> Bool {
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in unsafe left.count == right.count && left.elementsEqual(right) }
        }
    }
}
