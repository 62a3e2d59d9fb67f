// SPDX-License-Identifier: Apache-2.0

extension SettingsValues {
    static let expectedListener = "\(expectedAddress), or unix:/PATH"

    /// Of `sun_path` (unix(7)), without the byte behind it and the one that the listener needs for a second name.
    private static let socketPathBytes = 106

    /// An address as `address` takes it, or `unix:` and the absolute path of a socket.
    static func listener(_ text: String) -> ListenAddress? {
        guard text.hasPrefix("unix:") else { return address(text) }
        let path = String(text.dropFirst("unix:".count))
        let isPath =
            path.hasPrefix("/") && !path.hasSuffix("/") && path.utf8.count <= socketPathBytes
            && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isPath ? .unix(path: path) : nil
    }

    static let expectedMode = "permissions in octal, such as 0660"

    /// Permission bits of owner, group and others.
    static func mode(_ text: String) -> UInt32? {
        guard (3...4).contains(text.utf8.count), text.utf8.count == 3 || text.hasPrefix("0"),
            text.utf8.allSatisfy({ (0x30...0x37).contains($0) }), let mode = UInt32(text, radix: 8), mode <= 0o777
        else { return nil }
        return mode
    }
}
