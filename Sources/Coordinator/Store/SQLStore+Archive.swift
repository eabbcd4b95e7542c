extension SQLStore {
    func backUp(to path: String) async throws {
        throw StoreError.file(path: path, reason: "backups are yet to come")
    }

    func restore(from path: String) async throws {
        throw StoreError.file(path: path, reason: "backups are yet to come")
    }
}
