import Models

extension PacketCapture: CapturedFile {
  func show(name: String) throws(InputError) -> (any Show)? {
    try show(name: name, connection: 1)
  }

  /// What a viewer meets first: the table where there are several connections, else the only one.
  func firstShow(name: String) throws(InputError) -> any Show {
    connections.count > 1
      ? CaptureTable.show(self, name: name) : try show(name: name, connection: 1)
  }

  /// One connection as a show; connections count from 1.
  func show(name: String, connection number: Int) throws(InputError) -> any Show {
    guard connections.indices.contains(number - 1) else {
      throw InputError(
        file: source.name,
        connections.count == 1
          ? "there is no connection \(number); this capture has one only"
          : "there is no connection \(number); they are numbered from 1 to \(connections.count)",
        kind: .contents)
    }
    return show(name: name, at: number - 1)
  }

  /// One connection as a show, by its index.
  func show(name: String, at index: Int) -> any Show {
    let connection = connections[index]
    let ladder = ladder(index)
    let (client, server) = (connection.client.text, connection.server.text)
    let words = CaptureWords(client: client, server: server, start: connection.firstTime)
    let which = "\(index + 1)/\(connections.count)"
    let unsure =
      connection.isClientKnown
      ? Bilingual("", "")
      : Bilingual(
        ", which end opened is not in the capture", "，抓包中看不出由哪端打开")
    let isCut = connection.segments > Self.ladderLimit
    let extent =
      isCut
      ? Bilingual(
        ", its first \(Self.ladderLimit) of \(connection.segments) packets",
        "，共 \(connection.segments) 个包，只显示前 \(Self.ladderLimit) 个") : Bilingual("", "")
    let caption = Bilingual(
      "connection \(which)\(unsure.en)\(extent.en)", "连接 \(which)\(unsure.zh)\(extent.zh)")
    let scenario = Scenario(
      name: name,
      title: Bilingual(
        "Capture, connection \(which): \(client) to \(server)",
        "抓包，连接 \(which)：\(client) 至 \(server)"),
      rules: "rfc9293", seed: 0, initial: WireObserver(),
      script: ladder.steps.map { .operation($0, brisk: ladder.steps.count > 100) })
    return Performance(scenario, CaptureSubject(ladder: ladder, words: words, caption: caption))
  }

  func check() -> CheckReport {
    let connectionWord = connections.count == 1 ? "connection" : "connections"
    let segmentWord = segmentCount == 1 ? "segment" : "segments"
    let size = "\(connections.count) \(connectionWord), \(segmentCount) \(segmentWord)"
    let count = anomalyCount + malformedCount
    guard count > 0 else { return .consistent("\(size), all consistent with RFC 9293") }
    var findings: [(packet: Int, text: String)] = malformed.map {
      ($0.packet, "packet \($0.packet): \($0.fault.text)")
    }
    for (index, anomaly) in anomalies {
      let connection = connections[index]
      let address = anomaly.side == .client ? connection.client.text : connection.server.text
      let what = CaptureWords.anomaly(anomaly.kind, anomaly.states).en
      findings.append(
        (
          anomaly.packet,
          "packet \(anomaly.packet): connection \(index + 1), the \(anomaly.side.name) \(address) \(what)"
        ))
    }
    findings.sort { $0.packet < $1.packet }
    var lines = [
      "\(count) \(count == 1 ? "packet that no RFC 9293 endpoint would have sent" : "findings that no RFC 9293 endpoint would have caused"), in \(size)"
    ]
    lines += findings.prefix(Self.findingLimit).map { "  " + $0.text }
    if count > findings.prefix(Self.findingLimit).count {
      lines.append("  and \(count - findings.prefix(Self.findingLimit).count) more")
    }
    return .findings(lines)
  }
}
