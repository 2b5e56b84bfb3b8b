import SwiftProtobufPluginLibrary

/// The Swift name of a method, such as `placeHold` for `PlaceHold`; in backticks if it is a word of the language.
func swiftMemberName(_ name: String) -> String {
    let name = NamingUtils.toLowerCamelCase(name)
    let isReserved =
        swiftKeywordsUsedInDeclarations.contains(name)
        || swiftKeywordsUsedInStatements.contains(name)
        || swiftKeywordsUsedInExpressionsAndTypes.contains(name)
    return isReserved ? "`\(name)`" : name
}
