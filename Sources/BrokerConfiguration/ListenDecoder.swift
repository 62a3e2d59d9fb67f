// SPDX-License-Identifier: Apache-2.0

import Vending
import Yams

/// Decodes `listen`, `admin` and `trusted-proxies`.
struct ListenDecoder {
    struct Listener {
        var address: ListenAddress?
        var proxyProtocol = false
        var transport = TransportSettings()
    }

    struct Proxies {
        var blocks: [AddressBlock] = []
        var includesSocketPeers = false
    }

    struct Read {
        var listen = Listener()
        var admin = Listener()
        var proxies = Proxies()
    }

    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    func read(_ root: inout SettingsMapping) -> Read {
        let listen = readListener("listen", &root, isPublic: true)
        var admin = readListener("admin", &root, isPublic: false)
        if !root.holds("admin") { admin.address = ListenAddress(host: "127.0.0.1", port: 8081) }
        if let address = admin.address, address == listen.address, address.isExclusive {
            diagnostics.add(
                "admin", found: "\(address)", expected: "another address than that of `listen`",
                at: root.lineOf("admin"))
        }
        return Read(listen: listen, admin: admin, proxies: readProxies(&root, of: listen))
    }

    /// A listener is an address, or a mapping of `address` and what else it needs.
    private func readListener(_ name: String, _ root: inout SettingsMapping, isPublic: Bool) -> Listener {
        var read = Listener()
        guard case .mapping? = root.node(name), var listener = root.mapping(name) else {
            read.address = root.value(
                name, expected: SettingsValues.expectedListener, required: isPublic, SettingsValues.listener)
            return read
        }
        read.address = listener.value(
            "address", expected: SettingsValues.expectedListener, SettingsValues.listener)
        if isPublic {
            let flag = listener.value(
                "proxy-protocol", expected: "true or false", required: false, SettingsValues.flag)
            read.proxyProtocol = flag ?? false
        }
        read.transport.tls = TLSDecoder(diagnostics).read(&listener)
        read.transport.socketMode = listener.value(
            "mode", expected: SettingsValues.expectedMode, required: false, SettingsValues.mode)
        if listener.holds("mode"), case .tcp? = read.address {
            diagnostics.add(
                "\(listener.path("mode")): found a mode for a TCP address; expected it with unix:/PATH only",
                at: listener.lineOf("mode"))
        }
        listener.finish()
        return read
    }

    private enum Proxy: Hashable {
        case block(AddressBlock)
        case socketPeers
    }

    private func readProxies(_ root: inout SettingsMapping, of listen: Listener) -> Proxies {
        let entries =
            root.list("trusted-proxies", expected: Self.expectedProxy, required: false, mayBeEmpty: true) { text in
                text == "unix" ? Proxy.socketPeers : AddressBlock(text).map(Proxy.block)
            } ?? []
        var read = Proxies()
        for entry in entries {
            switch entry {
            case .block(let block): read.blocks.append(block)
            case .socketPeers: read.includesSocketPeers = true
            }
        }
        if read.includesSocketPeers, case .tcp? = listen.address {
            diagnostics.add(
                "trusted-proxies", found: "unix", expected: "it only where `listen` is a unix socket",
                at: root.lineOf("trusted-proxies"))
        }
        if listen.proxyProtocol,
            !root.holds("trusted-proxies") || root.node("trusted-proxies")?.sequence?.isEmpty == true
        {
            diagnostics.add(
                "listen.proxy-protocol: found true without `trusted-proxies`; expected the addresses of the proxies "
                    + "that send the header", at: root.lineOf("listen"))
        }
        return read
    }

    private static let expectedProxy =
        "a block of IP addresses such as 10.0.0.0/8 or 2001:db8::/32, without bits behind the prefix, or unix"
}
