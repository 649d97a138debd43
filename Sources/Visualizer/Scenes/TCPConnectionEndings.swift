import Models

/// What the log tells of all connections of a run at once: how many segments each has, and how it
/// ended.
struct TCPConnectionEndings {
  private struct Count {
    var segments = 0
    var lost = 0
    var fins: Set<Side> = []
    var resets: Set<Side> = []
  }

  private let network: TCPNetwork
  private var counts: [Count]

  /// Only the latest part of a long log is counted, to stay quick.
  private static let counted = 50_000

  static let heads = [Bilingual("segments", "报文段"), Bilingual("lost", "丢失")]

  init(_ network: TCPNetwork) {
    self.network = network
    counts = [Count](repeating: Count(), count: network.connections.count)
    for index in max(0, network.log.count - Self.counted)..<network.log.count {
      let record = network.log[index]
      let (connection, side) = (record.sender.connection, record.sender.side)
      counts[connection].segments += 1
      if record.isLost { counts[connection].lost += 1 }
      let flags = record.segment.flags
      if flags.contains(.syn), !flags.contains(.ack) {
        // A new life of the same ports.
        (counts[connection].fins, counts[connection].resets) = ([], [])
      }
      if flags.contains(.fin) { counts[connection].fins.insert(side) }
      if flags.contains(.rst) { counts[connection].resets.insert(side) }
    }
  }

  /// A connection as a line of the table.
  func line(_ index: Int) -> ConnectionsPane.Line {
    let connection = network.connections[index]
    return ConnectionsPane.Line(
      client: "\(connection.clientPort)", server: "\(connection.serverPort)",
      states: (connection.client.state.rawValue, connection.server.state.rawValue),
      ending: ending(index), extra: ["\(counts[index].segments)", "\(counts[index].lost)"])
  }

  private func ending(_ index: Int) -> Bilingual {
    let count = counts[index]
    let connection = network.connections[index]
    let isOver = [connection.client.state, connection.server.state].allSatisfy {
      $0 == .closed || $0 == .timeWait || $0 == .listen
    }
    if count.segments == 0 { return Bilingual("not begun", "未开始") }
    if count.resets.count == 2 { return Bilingual("reset by both", "双方都发 RST") }
    if count.resets.contains(.client) { return Bilingual("reset by client", "客户端发 RST") }
    if count.resets.contains(.server) { return Bilingual("reset by server", "服务器发 RST") }
    switch (count.fins.contains(.client), count.fins.contains(.server)) {
    case (true, true): return isOver ? Bilingual("closed", "已关闭") : Bilingual("closing", "正在关闭")
    case (true, false): return Bilingual("half closed by client", "客户端已半关闭")
    case (false, true): return Bilingual("half closed by server", "服务器已半关闭")
    case (false, false): return isOver ? Bilingual("given up", "已放弃") : Bilingual("open", "未关闭")
    }
  }
}
