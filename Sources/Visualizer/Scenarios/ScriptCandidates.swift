import Models

// Which words may come next in a line, for whoever types one.

extension MapScript {
  func candidates(after words: [String]) -> [String] {
    switch (words.first, words.count) {
    case (nil, _): Self.words
    case ("make", 1): ["hint"]
    case ("insert", 1), ("lookup", 1), ("delete", 1): keys.spellings
    case ("insert", 2): ["=", "hash"]
    case ("insert", 4): words[2] == "=" ? ["hash"] : ["="]
    case ("lookup", 2), ("delete", 2): ["hash"]
    default: []
    }
  }
}

extension AllocatorScript {
  func candidates(after words: [String]) -> [String] {
    switch (words.first, words.last, words.count) {
    case (nil, _, _): Self.verbs
    case ("malloc", "as", _): self.words.names
    case ("malloc", _, 2...): ["noscan", "pointers", "as", "x8"].filter { !words.contains($0) }
    case ("drop", _, 1): self.words.names + ["last", "every"]
    case ("drop", "of", 4): self.words.names
    case ("drop", _, 3) where words[1] == "every": ["of"]
    case ("gc", _, 1): ["lazy"]
    case ("mark", _, 1): ["start", "end"]
    case ("sweep", _, 1): ["all"]
    case ("worker", _, 1): start.ps.indices.map { "\($0)" }
    default: []
    }
  }
}

extension TCPScript {
  func candidates(after words: [String]) -> [String] {
    let sides = Side.allCases.map(\.name)
    let last = words.last
    switch (words.first, words.count) {
    case (nil, _): return Self.verbs
    case ("client", 1), ("server", 1): return Self.calls
    case ("wait", 1): return ["until"]
    case ("wait", 2) where last == "until": return ["quiet"] + sides
    case ("wait", 3) where sides.contains(last ?? ""):
      return ConnectionState.allCases.map(\.rawValue)
    case ("wait", 3), ("wait", 4): return ["within"]
    case ("wire", 1): return ["delay"]
    case ("drop", 1), ("hold", 1), ("delay", 1), ("duplicate", 1): return ["next"]
    case ("release", 1): return ["held"]
    case ("deliver", 1): return ["again"]
    case ("deliver", 2): return ["first", "last"]
    case ("forge", 1): return ["from"]
    case ("connection", 1):
      return (1...connectionCount + 1).map { "\($0)" }
    default: break
    }
    if last == "from" { return words.first == "connection" ? [] : sides }
    switch words.first {
    case "wire", "drop", "hold", "delay", "duplicate", "deliver":
      if !words.contains("from") { return ["from"] }
      return words.first == "duplicate" ? ["after"] : []
    case "release": return ["after"]
    case "forge" where words.count >= 3 && !words.contains("seq"):
      return ["SYN", "FIN", "RST", "PSH", "ACK", "seq"]
    case "forge": return ["ack", "length"].filter { !words.contains($0) }
    case "client", "server": return connectionCount > 1 ? ["on"] : []
    default: return []
    }
  }
}
