internal import NIOCore
internal import NIOPosix

extension ServerConfiguration {
    /// The addresses to listen on.
    var listeners: [Listener] {
        [Listener(address: address, port: port)] + [operations].compactMap { $0 }
    }

    /// Checks that the addresses are some, without a word to anybody but the resolver.
    ///
    /// - Throws: ``SettingsError``.
    func checkAddresses() throws {
        for listener in listeners {
            do {
                _ = try SocketAddress.makeAddressResolvingHost(
                    listener.address, port: listener.port)
            } catch {
                throw SettingsError.invalid(
                    key: "address",
                    reason:
                        "'\(listener.address)' is no address of a machine; 127.0.0.1 is this one's "
                        + "own, and 0.0.0.0 all that it has")
            }
        }
    }

    /// Checks that the ports can be listened on, before anything is begun that holds for ever.
    ///
    /// - Throws: ``ListeningError``.
    package func checkPorts() async throws {
        for listener in listeners {
            do {
                let channel = try await ServerBootstrap(
                    group: .singletonMultiThreadedEventLoopGroup
                )
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: listener.address, port: listener.port).get()
                try await channel.close()
            } catch let error as IOError {
                throw ListeningError(
                    listeners: ["\(listener.address):\(listener.port)"], code: error.errnoCode)
            }
        }
    }
}
