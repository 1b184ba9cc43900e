"""What a maintainer runs: `course --help` lists the commands."""
