/// How a coordinator is served.
package struct ServerConfiguration: Sendable {
    /// The address to listen on.
    package var address = "127.0.0.1"
    /// The port; 0 for any that is free.
    package var port = 8080
    /// Where others reach the coordinator, without a slash at the end; pages tell it.
    package var url = "http://127.0.0.1:8080"
    /// The files for TLS; nil for plain HTTP.
    package var tls: TLS?
    /// Another address to listen on, for operators' tools alone; nil where there is none.
    package var operations: Listener?
    /// What clients may use.
    package var limits = ServiceLimits()
    /// The administrator's token; nil where nobody may administrate.
    package var administrator: AdministratorToken?

    /// The standard configuration.
    package init() {}

    /// An address and a port.
    package struct Listener: Sendable {
        package var address: String
        /// 0 for any that is free.
        package var port: Int

        /// Names where to listen.
        package init(address: String, port: Int) {
            self.address = address
            self.port = port
        }
    }

    /// The paths of what TLS needs, as PEM.
    package struct TLS: Sendable {
        /// The chain of certificates, the server's own first.
        package var certificate: String
        /// Its private key, closed to others.
        package var key: String

        /// Names the files.
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// Checks what can be checked while another process serves: that the addresses are some and that
    /// the certificate can be used.
    ///
    /// - Throws: ``SettingsError``, ``CertificateError``, ``SecretFileError``.
    package func validate() throws {
        try checkAddresses()
        if let tls { _ = try CertificateStore(tls) }
    }
}
