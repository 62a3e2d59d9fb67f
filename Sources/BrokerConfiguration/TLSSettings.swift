// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import ServerTLS

/// The TLS of a listener, with what its files held at the start.
package struct TLSSettings: Sendable {
    package let files: TLSFiles
    package let material: TLSMaterial
    package let identity: TLSIdentity
}

/// The files of a listener's TLS.
package struct TLSFiles: Hashable, Sendable {
    package let certificate: URL
    package let key: URL
    /// `nil` if clients need no certificate.
    package let clientCA: URL?

    /// Of a file with certificates, in bytes.
    private static let limit = 256 << 10

    /// - Throws: which file cannot be read, or who else may read or write the key.
    package func read() throws(TLSMaterialError) -> TLSMaterial {
        TLSMaterial(
            certificate: try Self.content(certificate, .certificate), key: try keyContent(),
            clientCA: try clientCA.map { url throws(TLSMaterialError) in try Self.content(url, .clientCA) })
    }

    /// As `read`. Disk reads can block, so they run outside the cooperative thread pool.
    package func reread() async -> Result<TLSMaterial, TLSMaterialError> {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async {
                continuation.resume(returning: Result { () throws(TLSMaterialError) in try read() })
            }
        }
    }

    /// Whether others than the file's owner may read the key.
    package var keyIsReadableByGroup: Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: key.resolvingSymlinksInPath().path)
        guard let mode = attributes?[.posixPermissions] as? Int else { return false }
        return mode & 0o040 != 0
    }

    private func keyContent() throws(TLSMaterialError) -> [UInt8] {
        do throws(KeyFileError) {
            return try SecretFile.content(key.path, relativeTo: key.path, expected: TLSIdentity.expectedKey).bytes
        } catch {
            throw TLSMaterialError(.key, error.description)
        }
    }

    private static func content(_ url: URL, _ part: TLSMaterial.Part) throws(TLSMaterialError) -> [UInt8] {
        let data: Data
        do {
            // `nil` stands for an empty file.
            data = try FileHandle(forReadingFrom: url).read(upToCount: limit + 1) ?? Data()
        } catch {
            throw TLSMaterialError(part, "\(url.path): can't be read; expected a PEM file")
        }
        guard data.count <= limit else {
            throw TLSMaterialError(part, "\(url.path): is larger than 256 KiB; expected a PEM file")
        }
        return [UInt8](data)
    }
}
