/// Problems with configuration files, sessions and checkpoints: what was found, and what is expected.
extension Words {
    static let numberedNames = ["pin N", "include N", "exclude N", "lab EXPERIMENT SETTING"]
    static let folder = "folder"
    static let wholeNumber = "a whole number, 0 or more"
    static let lowerAndHigher = "two numbers, the lower first"
    static let atLeastOneValue = "at least one value"
    static let atLeastOne = "at least one"
    static let nameAndValue = "name = value, or # and a comment"
    static let eachNameOnce = "each name once"
    static func secondTime(_ name: String) -> String { "\(name) a second time" }
    static func asSaved(_ name: String) -> String { "\(name) as :save writes it" }
    static func asInRecipe(_ setting: String) -> String { "\(setting) as in a recipe" }
    static let noRecipeLine = "no line with a recipe"
    static let noTensorInFile = "no tensor"
    static func noPairWith(_ path: String) -> String { "no tensor that pairs with one of \(path)" }
    static let matchingNames = "names that match, in this naming convention or another"
    static let noFolder = "no folder for it"
    static let homeOrPath = "HOME, or save FILE"
}
