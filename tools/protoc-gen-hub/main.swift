import SwiftProtobufPluginLibrary

HubGenerator.main()
