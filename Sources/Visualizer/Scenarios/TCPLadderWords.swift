import Models

/// How the comparison calls rows and times.
extension TCPLadderCheck {
  func words(_ row: TCPLadder.Row) -> String {
    let what: String =
      switch row.kind {
      case .app(let app): "\(app.side.name) \(app.call)"
      case .send(let send): "\(send.side.name) sends \(send.flags)"
      case .receive(let arrival): "\(arrival.side.name) receives segment \(arrival.segment)"
      case .state: "a timer ends"
      }
    return "event \(row.index) (\(prefix(row))\(what))"
  }

  /// Which connection a row is about, as the file numbers them, where there are several.
  func prefix(_ row: TCPLadder.Row) -> String {
    guard ladder.connections.count > 1, let index = row.connection else { return "" }
    return "connection \(ladder.connections[index].id), "
  }

  func seconds(_ time: Microseconds) -> String {
    let millionths = String(time % 1_000_000)
    return "\(time / 1_000_000).\(String(repeating: "0", count: 6 - millionths.utf8.count))"
      + "\(millionths) s"
  }
}
