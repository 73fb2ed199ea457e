"""Shapes as plain arrays: meshes, rigid motions. Imports neither Django nor Open3D."""
