internal import Hummingbird
internal import NIOCore

/// What a request comes with beside its content.
struct ServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who is at the other end of the connection: a client, or a proxy.
    let peer: IPAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = (source.channel.remoteAddress?.ipAddress).flatMap { IPAddress($0) }
    }
}
