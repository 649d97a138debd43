import Models

/// The table of all connections of a run: endpoints, states, segments, how each stands.
struct TCPConnectionsPane {
  let network: TCPNetwork
  /// The row with the cursor.
  let selection: Int
  let rect: Rect
  let look: Look

  /// Segments are counted in the latest part of the log only, to stay quick.
  private static let counted = 50_000

  func draw(_ canvas: inout Canvas) {
    let language = look.language
    canvas.box(
      rect,
      title: Bilingual(
        "connections: \(network.connections.count), Enter opens one",
        "\(network.connections.count) 个连接，Enter 打开")[language])
    let inner = rect.inner
    let head = Bilingual(
      "     client   server   client state  server state  segments  lost",
      "     客户端   服务端   客户端状态    服务端状态    报文段    丢失")[language]
    canvas.put(head, inner.x + 1, inner.y, .dim)
    var segments = [Int](repeating: 0, count: network.connections.count)
    var lost = segments
    for index in max(0, network.log.count - Self.counted)..<network.log.count {
      let record = network.log[index]
      segments[record.sender.connection] += 1
      if record.isLost { lost[record.sender.connection] += 1 }
    }
    let room = inner.height - 1
    let first = max(0, min(network.connections.count - room, selection - room / 2))
    canvas.clipped(to: inner) { canvas in
      for row in 0..<min(room, network.connections.count - first) {
        let index = first + row
        let connection = network.connections[index]
        let cells: [(String, Int)] = [
          ("\(index + 1)", 4), ("\(connection.clientPort)", 9), ("\(connection.serverPort)", 9),
          (connection.client.state.rawValue, 14), (connection.server.state.rawValue, 14),
          ("\(segments[index])", 9), ("\(lost[index])", 6),
        ]
        let style = index == selection ? Style(.current, [.bold, .reverse]) : .text
        var column = inner.x + 1
        for (text, width) in cells {
          column = canvas.put(
            TextLayout.pad(text, columns: width), column, inner.y + 1 + row, style)
        }
      }
    }
  }
}
