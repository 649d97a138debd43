import Models

/// A capture of several connections before one of them is opened: the table of all.
struct CaptureTable: Subject {
  let capture: PacketCapture
  let name: String
  let caption: Bilingual
  private let endpointColumns: Int

  init(_ capture: PacketCapture, name: String) {
    (self.capture, self.name) = (capture, name)
    caption = Bilingual(
      "\(capture.connections.count) connections, \(capture.segmentCount) segments",
      "\(capture.connections.count) 个连接，\(capture.segmentCount) 个报文段")
    let widths = ConnectionTable(capture: capture, language: .en).addressWidths
    endpointColumns = max(widths.client, widths.server)
  }

  /// The table as a show of one step.
  static func show(_ capture: PacketCapture, name: String) -> any Show {
    let table = CaptureTable(capture, name: name)
    let (connections, packets) = (capture.connections.count, capture.packetCount)
    let text = Bilingual(
      "\(connections) connections in \(packets) packets. j and k choose one, Enter opens it, Esc comes back to this table. ? instead of a state: the wire does not tell; ? behind it: presumed.",
      "\(packets) 个包中有 \(connections) 个连接。用 j、k 选择，Enter 打开，Esc 回到本表。状态写作“?”：线路上看不出；状态后带“?”：推测。"
    )
    let scenario = Scenario(
      name: name,
      title: Bilingual("Capture: \(connections) connections", "抓包：\(connections) 个连接"),
      rules: "rfc9293", seed: 0, initial: WireObserver(), script: [.say(text)])
    return Performance(scenario, table)
  }

  func describe(_ step: WireStep) -> String { "" }
  func pace(_ event: WireEvent) -> Pace { Pace(motion: 0, hold: 1000) }
  func narrate(
    _ event: WireEvent, _ moment: Moment<WireObserver>, _ language: Language
  ) -> Narration { Narration("") }
  func fields(
    _ event: WireEvent, _ moment: Moment<WireObserver>
  ) -> [(name: String, value: FieldValue)] { [] }
  func fields(of wire: WireObserver) -> [(name: String, value: FieldValue)] { [] }

  func selection(_ moment: Moment<WireObserver>, _ look: Look) -> Int? {
    max(0, min(capture.connections.count - 1, look.scroll(of: ConnectionsPane.paneName)))
  }

  func inspect(
    _ item: Item, _ moment: Moment<WireObserver>, _ language: Language
  ) -> Inspection? {
    guard item.kind == "connection", capture.connections.indices.contains(item.path[0]) else {
      return nil
    }
    let connection = capture.connections[item.path[0]]
    let client = CaptureWords.name(.client)[language]
    let server = CaptureWords.name(.server)[language]
    let seconds = CaptureWords.seconds(connection.lastTime - connection.firstTime)
    return Inspection(
      Bilingual("connection \(item.path[0] + 1)", "连接 \(item.path[0] + 1)")[language],
      [
        (client, connection.client.text), (server, connection.server.text),
        (Bilingual("client is", "客户端状态")[language], connection.finalState(.client)),
        (Bilingual("server is", "服务器状态")[language], connection.finalState(.server)),
        (Bilingual("it is", "结局")[language], connection.ending[language]),
        (Bilingual("segments", "报文段")[language], "\(connection.segments)"),
        (Bilingual("lasted", "时长")[language], Bilingual("\(seconds) s", "\(seconds) 秒")[language]),
        (
          Bilingual("to server", "至服务器")[language], TCPWords.bytes(connection.clientBytes, language)
        ),
        (
          Bilingual("to client", "至客户端")[language], TCPWords.bytes(connection.serverBytes, language)
        ),
      ])
  }

  func opened(_ index: Int) -> (any Show)? {
    capture.connections.indices.contains(index) ? capture.show(name: name, at: index) : nil
  }

  private static let heads = [
    Bilingual("segments", "报文段"), Bilingual("seconds", "秒"), Bilingual("to server", "至服务器"),
    Bilingual("to client", "至客户端"),
  ]

  func draw(
    _ moment: Moment<WireObserver>, progress: Double, in stage: Rect, of canvas: inout Canvas,
    look: Look
  ) {
    ConnectionsPane(
      count: capture.connections.count, selection: selection(moment, look) ?? 0,
      endpointColumns: endpointColumns, extraHeads: Self.heads, rect: stage, look: look, line: line
    ).draw(&canvas)
  }

  private func line(_ index: Int) -> ConnectionsPane.Line {
    let connection = capture.connections[index]
    return ConnectionsPane.Line(
      client: connection.client.text, server: connection.server.text,
      states: (connection.finalState(.client), connection.finalState(.server)),
      ending: connection.ending,
      extra: [
        "\(connection.segments)", CaptureWords.seconds(connection.lastTime - connection.firstTime),
        "\(connection.clientBytes)", "\(connection.serverBytes)",
      ])
  }
}
