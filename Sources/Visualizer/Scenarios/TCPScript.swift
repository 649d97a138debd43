import Models

/// The language in which a scenario asks something of two ends and the wire between them.
///
///     server listen              client connect          client send 300    server read
///     client shutdown            server close            client abort       client iss 1000
///     wait 200ms                 wait until quiet        wait until server CLOSE_WAIT
///     wire delay 20ms            drop next from client   hold next from server
///     delay next from server 300ms                       duplicate next from client after 30ms
///     release held after 5s      deliver again 3         forge from server RST seq 1
///     connection 2               connection 3 from 40002 to 80       open
///
/// A network of the script's own goes along, line by line: so a line that waits for what never
/// happens, or releases what nothing holds, is an error of that line.
struct TCPScript: ScriptLanguage {
  var words = TCPWords()
  /// The network before the first line: its first connection has its ports, and no more.
  let start: TCPNetwork
  private let parameters: TCPParameters
  /// The network after the lines that were read.
  private(set) var network: TCPNetwork
  /// The connection that the following lines are about, from 0.
  private(set) var connection = 0
  private var operationCount = 0
  /// Under other rules than its author's a script may wait for what does not come.
  private var mayWaitInVain = false
  /// Held segments that were released.
  var released: Set<Int> = []

  static let verbs = [
    "client", "server", "wait", "wire", "drop", "hold", "delay", "duplicate", "release", "deliver",
    "forge", "connection", "open",
  ]
  static let calls = [
    "listen", "connect", "accept", "send", "read", "shutdown", "close", "abort", "iss", "forget",
  ]

  init(_ file: ScenarioFile, rules: TCPRules) throws(ScriptError) {
    parameters = try TCPParameters(file, rules: rules)
    mayWaitInVain = file.hasOtherRules
    var network = TCPNetwork(
      client: parameters.rules, server: parameters.rules, delay: parameters.delay,
      seed: file.seed)
    network.perform(
      .addConnection(
        clientPort: parameters.clientPort, serverPort: parameters.serverPort),
      observer: nil)
    start = network
    self.network = network
  }

  /// The language behind the operations of a captured ladder: the network goes on as they left it.
  init(resuming network: TCPNetwork, words: TCPWords) {
    parameters = TCPParameters(rules: network.clientRules)
    start = network
    self.network = network
    self.words = words
  }

  /// The operations of one line, or the first of them.
  ///
  /// - Throws: `ScriptError` for an unknown word, a number out of its bounds, a state that is never
  ///   reached, or too much happening.
  mutating func parse(
    _ line: ScenarioFile.Word, first limit: Int
  ) throws(ScriptError) -> ParsedLine<TCPOperation> {
    var line = TCPScriptLine(line)
    guard line.next != nil else { throw line.error(.noOperation) }
    var parsed = ParsedLine(try self.operations(&line), first: limit)
    operationCount += parsed.operations.count
    guard operationCount <= TCPScriptLimits.operations else {
      throw line.tokens.error(0, .tooManyOperations(TCPScriptLimits.operations))
    }
    for index in parsed.operations.indices {
      if mayWaitInVain { settle(&parsed.operations[index]) }
      let operation = parsed.operations[index]
      try tryOut(operation, line)
      network.perform(operation, observer: nil)
      try checkOutcome(operation, line)
    }
    return parsed
  }

  /// How many connections there are behind the lines read so far.
  var connectionCount: Int { network.connections.count }

  private mutating func operations(
    _ line: inout TCPScriptLine
  ) throws(ScriptError) -> [TCPOperation] {
    if line.next == "client" || line.next == "server" { return [try call(&line)] }
    switch try line.oneOf(Self.verbs, Bilingual("operation", "操作")) {
    case "wait": return [try wait(&line)]
    case "wire": return try wire(&line)
    case "drop": return try fates(&line, "drop next from client")
    case "hold": return try fates(&line, "hold next from server")
    case "delay": return try fates(&line, "delay next from server 300ms")
    case "duplicate": return try fates(&line, "duplicate next from client after 30ms")
    case "release": return [try release(&line)]
    case "deliver": return [try deliverAgain(&line)]
    case "forge": return [try forge(&line)]
    case "open":
      try line.end()
      return opening
    default: return try switchConnection(&line)
    }
  }

  /// Waits until all is quiet where a state would be waited for in vain.
  private func settle(_ operation: inout TCPOperation) {
    guard case .runUntilState(let end, let state, let limit) = operation else { return }
    var copy = network
    copy.perform(operation, observer: nil)
    if copy[end].state != state { operation = .runUntilQuiet(limit: limit) }
  }

  /// Lets time pass step by step in a copy: two ends that misunderstand each other may send without
  /// end.
  private func tryOut(_ operation: TCPOperation, _ line: TCPScriptLine) throws(ScriptError) {
    var copy = network
    var last = copy.now
    var awaited: (end: End, state: ConnectionState)?
    switch operation {
    case .run(let time), .runUntilQuiet(let time): last += time
    case .runUntil(let time): last = time
    case .runUntilState(let end, let state, let limit):
      last += limit
      awaited = (end, state)
    default: return
    }
    while let due = copy.nextDue, due <= last,
      awaited.map({ copy[$0.end].state != $0.state }) ?? true
    {
      copy.perform(.runUntil(due), observer: nil)
      if copy.log.count > TCPScriptLimits.segments {
        throw line.tokens.error(0, Self.tooMuch)
      }
    }
  }

  private static let tooMuch = Bilingual(
    "too much happens; a script causes at most \(TCPScriptLimits.segments) segments",
    "报文段太多；一个脚本最多 \(TCPScriptLimits.segments) 个")

  /// Whether what a line waits for came true, and whether too much happened meanwhile.
  private func checkOutcome(
    _ operation: TCPOperation, _ line: TCPScriptLine
  ) throws(ScriptError) {
    if case .runUntilState(let end, let state, let limit) = operation,
      network[end].state != state
    {
      let (time, stays) = (TCPWords.time(limit), network[end].state.rawValue)
      throw line.tokens.error(
        0,
        Bilingual(
          "\(TCPWords.end(end.side, .en)) is not in \(state.rawValue) within \(time): "
            + "it stays in \(stays)",
          "\(TCPWords.end(end.side, .zh))在 \(time) 内没有进入 \(state.rawValue)，停在 \(stays)"))
    }
    if network.log.count > TCPScriptLimits.segments {
      throw line.tokens.error(0, Self.tooMuch)
    }
    if network.now > TCPScriptLimits.total {
      throw line.tokens.error(
        0, Bilingual("too long; a script lasts at most 24 hours", "时间太长；一个脚本最多 24 小时"))
    }
  }

  // MARK: - Calls

  private mutating func call(_ line: inout TCPScriptLine) throws(ScriptError) -> TCPOperation {
    let side = try line.side("client connect")
    let word = try line.oneOf(Self.calls, Bilingual("call", "调用"))
    var number = 0
    switch word {
    case "send":
      number = try line.number(
        1...TCPScriptLimits.bytes,
        Bilingual("how many bytes, such as send 300,", "字节数，如 send 300"))
    case "read":
      number =
        try line.optionalNumber(
          1...TCPScriptLimits.bytes, Bilingual("how many bytes to read at most", "最多读多少字节"))
        ?? TCPScriptLimits.bytes
    case "iss":
      number = try line.number(
        0...Int(UInt32.max), Bilingual("the initial sequence number", "初始序列号"))
    case "connect":
      guard side == .client || !network[End(connection, side)].isListening else {
        throw line.error(
          Bilingual(
            "the server listens on this port; write client connect",
            "服务器正在这个端口上监听；请写 client connect"))
      }
    default: break
    }
    var isAutomatic = false
    if word == "connect", line.takes("with") {
      try line.expect("automatic", "client connect with automatic port")
      try line.expect("port", "client connect with automatic port")
      isAutomatic = true
    }
    let end = End(try connection(named: &line), side)
    try line.end()
    let call: Call =
      switch word {
      case "listen": .listen
      case "connect": .connect(automaticPort: isAutomatic)
      case "accept": .accept
      case "send": .send(number)
      case "read": .receive(number)
      case "shutdown": .shutdownWrite
      case "close": .close
      case "abort": .abort
      default: .destroyTimeWait
      }
    if word == "iss" { return .nextIss(end, SequenceNumber(UInt32(number))) }
    return .call(end, call)
  }

  /// The connection of `on connection N`, else that of the lines before.
  func connection(named line: inout TCPScriptLine) throws(ScriptError) -> Int {
    guard line.takes("on") else { return connection }
    try line.expect("connection", "on connection 2")
    let number = try line.number(
      1...network.connections.count, Bilingual("a connection that exists,", "已有连接的编号"))
    return number - 1
  }

  /// `open`: the usual handshake, for scenarios that are about something else.
  private var opening: [TCPOperation] {
    let (client, server) = (End(connection, .client), End(connection, .server))
    let listen = network[server].isListening ? [] : [TCPOperation.call(server, .listen)]
    return listen + [
      .call(client, .connect(automaticPort: false)),
      .runUntilState(client, .established, limit: TCPScriptLimits.time),
      .runUntilState(server, .established, limit: TCPScriptLimits.time), .call(server, .accept),
    ]
  }

  /// `connection 2`: the following lines are about it; it is added where it is new.
  private mutating func switchConnection(
    _ line: inout TCPScriptLine
  ) throws(ScriptError) -> [TCPOperation] {
    let count = network.connections.count
    let number = try line.number(
      1...min(count + 1, TCPScriptLimits.connections),
      Bilingual("the number of a connection, the next new one,", "连接编号（新连接用最后一个）"))
    connection = number - 1
    guard line.takes("from") else {
      try line.end()
      let port = parameters.clientPort + connection
      guard number > count else { return [] }
      return [
        .addConnection(
          clientPort: port <= 65_535 ? port : port - 65_535, serverPort: parameters.serverPort)
      ]
    }
    guard number > count else {
      throw line.error(
        Bilingual(
          "connection \(number) has its ports already; write connection \(number)",
          "连接 \(number) 已经有端口了；请写 connection \(number)"))
    }
    let clientPort = try line.number(1...65_535, Bilingual("a port", "端口号"))
    try line.expect("to", "connection 2 from 40001 to 80")
    let serverPort = try line.number(1...65_535, Bilingual("a port", "端口号"))
    try line.end()
    return [.addConnection(clientPort: clientPort, serverPort: serverPort)]
  }

  // MARK: - Time

  private func wait(_ line: inout TCPScriptLine) throws(ScriptError) -> TCPOperation {
    guard line.takes("until") else {
      let time = try line.time("wait 200ms", "wait until server CLOSE_WAIT", "wait until quiet")
      try line.end()
      return .run(for: time)
    }
    if line.takes("quiet") {
      let limit = try line.time(after: "within", "wait until quiet within 10s")
      try line.end()
      return .runUntilQuiet(limit: limit ?? TCPScriptLimits.time)
    }
    if line.next != "client", line.next != "server" {
      let time = try line.time(
        "wait until quiet", "wait until server CLOSE_WAIT", "wait until 35ms")
      try line.end()
      return .runUntil(time)
    }
    let side = try line.side("wait until server CLOSE_WAIT")
    let name = try line.oneOf(
      ConnectionState.allCases.map(\.rawValue), Bilingual("state", "状态"))
    let limit = try line.time(after: "within", "wait until server CLOSE_WAIT within 10s")
    let end = End(try connection(named: &line), side)
    try line.end()
    guard let state = ConnectionState(rawValue: name) else {
      throw line.error(Bilingual("write a state", "请写状态"))
    }
    return .runUntilState(end, state, limit: limit ?? TCPScriptLimits.time)
  }
}
