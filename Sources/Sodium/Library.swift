internal import CSodium

/// The one-time initialisation of libsodium, forced by every entry point that needs it.
enum Library {
    /// Whether libsodium is ready; evaluated once per process, from any thread.
    static let isReady: Bool = sodium_init() >= 0

    /// Ends the process where libsodium cannot start: no operating-system randomness, no cryptography.
    static func require() {
        precondition(isReady, "libsodium could not be initialised on this system")
    }
}
