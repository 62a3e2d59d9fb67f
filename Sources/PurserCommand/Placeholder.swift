@main struct Purser { static func main() {} }
