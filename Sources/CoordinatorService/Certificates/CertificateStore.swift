internal import Foundation
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// The certificate that connections are opened with. It can be exchanged while others go on.
final class CertificateStore: Sendable {
    private struct State {
        var chain: [NIOSSLCertificate]
        var key: NIOSSLPrivateKey
        var version: Version
    }

    /// What tells that a file has changed.
    private struct Version: Equatable {
        var certificate: Date
        var key: Date
    }

    private let files: ServerConfiguration.TLS
    private let state: Mutex<State>

    /// Reads the certificate.
    ///
    /// - Throws: ``CertificateError``, ``SecretFileError``.
    init(_ files: ServerConfiguration.TLS) throws {
        self.files = files
        state = Mutex(try Self.read(files))
    }

    /// For new connections; those of HTTP/2 are negotiated in the handshake.
    var configuration: TLSConfiguration {
        var configuration = state.withLock { Self.configuration($0) }
        configuration.sslContextCallback = { [self] _, answer in
            var current = NIOSSLContextConfigurationOverride()
            state.withLock { state in
                current.certificateChain = state.chain.map { .certificate($0) }
                current.privateKey = .privateKey(state.key)
            }
            answer.succeed(current)
        }
        return configuration
    }

    /// Reads the files again where they have changed, or in any case. What cannot be used changes
    /// nothing.
    ///
    /// - Returns: Whether there is a new certificate.
    @discardableResult
    func reload(always: Bool = false) throws -> Bool {
        let version = try Self.version(of: files)
        guard always || state.withLock({ $0.version != version }) else { return false }
        // A file that cannot be used is complained of once, not every few seconds.
        state.withLock { $0.version = version }
        let fresh = try Self.read(files)
        state.withLock { $0 = fresh }
        return true
    }

    private static func read(_ files: ServerConfiguration.TLS) throws -> State {
        try SecretFile.checkPermissions(of: files.key)
        let version = try version(of: files)
        let state: State
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
            guard !chain.isEmpty else {
                throw CertificateError.unusable(
                    path: files.certificate, reason: "there is no certificate in it")
            }
            state = State(
                chain: chain, key: try NIOSSLPrivateKey(file: files.key, format: .pem),
                version: version)
        } catch let error as CertificateError {
            throw error
        } catch {
            throw CertificateError.unusable(
                path: "\(files.certificate), \(files.key)", reason: "not PEM")
        }
        do { _ = try NIOSSLContext(configuration: configuration(state)) } catch {
            throw CertificateError.unusable(
                path: "\(files.certificate), \(files.key)", reason: "they do not belong together")
        }
        return state
    }

    private static func configuration(_ state: State) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: state.chain.map { .certificate($0) },
            privateKey: .privateKey(state.key))
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }

    private static func version(of files: ServerConfiguration.TLS) throws -> Version {
        func changed(_ path: String) throws -> Date {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            guard let date = attributes?[.modificationDate] as? Date else {
                throw CertificateError.unreadable(path: path)
            }
            return date
        }
        return Version(
            certificate: try changed(files.certificate), key: try changed(files.key))
    }
}

/// Why a certificate cannot be used.
package enum CertificateError: Error, Equatable, CustomStringConvertible {
    /// A file is not there, or cannot be read.
    case unreadable(path: String)
    /// The content is of no use.
    case unusable(path: String, reason: String)

    /// The cause and the remedy, in one line.
    package var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read; check its name and permissions"
        case .unusable(let path, let reason):
            "\(path): \(reason); TLS needs a certificate chain and its key as PEM files"
        }
    }
}
