/// Why a published model is not used.
public enum PublishedModelError: Error, Equatable, CustomStringConvertible {
    /// There is no readable file.
    case unreadable(path: String)
    /// The file does not begin as a published model does.
    case notAModel(path: String)
    /// The file was written by a newer version.
    case unknownVersion(path: String, UInt32)
    /// A part of the file is not as its header says, or the header itself is not.
    case damaged(path: String, part: String)
    /// The signature is not of the trusted key.
    case notSigned(path: String)
    /// A delta leads from another model.
    case otherBase(expected: String, actual: String)
    /// A release is no newer than the newest that was installed.
    case notNewer(release: Int, newest: Int)
    /// A model has another name than those of the folder.
    case otherName(expected: String, actual: String)
    /// The list of installed models cannot be read.
    case damagedIndex(path: String)
    /// There is no earlier release to go back to.
    case nothingBefore(path: String)
    /// A file cannot be written.
    case unwritable(path: String)

    /// The cause and the remedy, in one line.
    public var description: String {
        switch self {
        case .unreadable(let path): "cannot read the model \(path)"
        case .notAModel(let path):
            "\(path) is not a published model; 'covey simulate' writes one as model.covey"
        case .unknownVersion(let path, let version):
            "\(path) is a model of version \(version); this build reads version "
                + "\(PublishedModel.version): update it"
        case .damaged(let path, let part):
            "\(path) is damaged or was altered: its \(part) is not as signed; fetch it again"
        case .notSigned(let path):
            "\(path) is not signed by the trusted key; nothing of it is used"
        case .otherBase(let expected, let actual):
            "the delta leads from model \(expected), and this is \(actual); fetch the whole model"
        case .notNewer(let release, let newest):
            "release \(release) is not newer than release \(newest), which was installed before"
        case .otherName(let expected, let actual):
            "this is a model '\(actual)', and the installed ones are of '\(expected)'"
        case .damagedIndex(let path):
            "\(path) is damaged; delete its folder and fetch the model again"
        case .nothingBefore(let path): "\(path) holds no earlier release to go back to"
        case .unwritable(let path): "cannot write \(path)"
        }
    }
}
