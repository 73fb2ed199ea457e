"""The query process: killable readers of published snapshots, behind a Unix socket.

`python -m knowledge_graph.query --store FOLDER --socket PATH` runs it,
`knowledge_graph.query.client.QueryClient` asks it.
"""
