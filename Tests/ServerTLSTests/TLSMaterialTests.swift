// SPDX-License-Identifier: Apache-2.0

import ServerTLS
import Testing

@Suite struct TLSMaterialTests {
    @Test("its description has no part of the key")
    func redacted() {
        let material = TLSMaterial(certificate: Array("secret".utf8), key: Array("secret".utf8))
        var dumped = ""
        dump(material, to: &dumped)
        #expect(!"\(material) \(String(reflecting: material)) \(dumped)".contains("115"))
        #expect("\(material)" == "TLSMaterial(redacted)")
    }
}
