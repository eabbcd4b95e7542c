internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Takes in a new certificate when its files change, which it looks at every few seconds, and on
/// SIGHUP.
struct CertificateWatcher: Service {
    let certificates: CertificateStore
    let logger: Logger
    var interval = Duration.seconds(2)

    func run() async throws {
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask {
                    for await _ in hangUps { reload(always: true) }
                }
                group.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: interval)
                        reload(always: false)
                    }
                }
                await group.waitForAll()
            }
        }
    }

    private func reload(always: Bool) {
        do {
            if try certificates.reload(always: always) { logger.info("a new certificate is used") }
        } catch {
            logger.error(
                "the certificate could not be exchanged; the former one stays",
                metadata: ["error": "\(error)"])
        }
    }
}
