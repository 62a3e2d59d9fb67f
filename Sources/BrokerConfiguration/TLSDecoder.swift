// SPDX-License-Identifier: Apache-2.0

import Foundation
import ServerTLS

/// Decodes the `tls` of a listener, and checks its files.
struct TLSDecoder {
    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    /// - Returns: `nil` if there is no `tls`, or, with diagnostics, if it has a mistake.
    func read(_ listener: inout SettingsMapping) -> TLSSettings? {
        guard var tls = listener.mapping("tls", expected: "a mapping of certificate and key") else { return nil }
        let certificate = tls.value("certificate", expected: TLSIdentity.expectedCertificate, path)
        let key = tls.value("key", expected: TLSIdentity.expectedKey, path)
        let clientCA = tls.value(
            "client-ca", expected: "a PEM file with certificates of authorities", required: false, path)
        tls.finish()
        guard let certificate, let key, clientCA != nil || !tls.holds("client-ca") else { return nil }
        let files = TLSFiles(certificate: certificate, key: key, clientCA: clientCA)
        do throws(TLSMaterialError) {
            let material = try files.read()
            return TLSSettings(
                files: files, material: material, identity: try TLSIdentity(material, now: Date()))
        } catch {
            let name = error.part.rawValue
            diagnostics.add("\(tls.path(name)): \(error.reason)", at: tls.lineOf(name))
            return nil
        }
    }

    private func path(_ text: String) -> URL? {
        guard let path = SettingsValues.text(text) else { return nil }
        return SettingsFile.url(path, relativeTo: diagnostics.file).absoluteURL
    }
}
