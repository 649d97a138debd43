import ArgumentParser

/// Which rules a packetdrill script is held against.
struct RulesOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The rules for a .pkt script: rfc9293 or linux. Otherwise what its line --rules says, else rfc9293.",
      valueName: "NAME"))
  var rules: PacketdrillRules.Name?
}

extension PacketdrillRules.Name: ExpressibleByArgument {}
