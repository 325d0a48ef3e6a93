<?php
/**
 * Runs the plugin without WordPress: the functions of WordPress that it calls
 * are below, a request's changes are made up, and what the plugin sends is
 * printed, one JSON object per request. Use `make wordpress`.
 */

define( 'ABSPATH', __DIR__ );
define( 'LARDER_HOOK_URL', 'https://edge.example.com/_larder/hooks/cms' );
define( 'LARDER_HOOK_SECRET', $argv[1] );

$actions = array();
$status  = (int) ( $argv[2] ?? 200 );

function add_action( $hook, $call, $priority = 10, $arguments = 1 ) {
	global $actions;
	$actions[ $hook ] = array( $call, $arguments );
}

function do_action( $hook, ...$arguments ) {
	global $actions;
	list( $call, $count ) = $actions[ $hook ];
	$call( ...array_slice( $arguments, 0, $count ) );
}

function apply_filters( $hook, $value ) { return $value; }
function wp_json_encode( $value ) { return json_encode( $value ); }
function home_url() { return 'https://blog.example.com'; }
function is_wp_error( $value ) { return false; }
function is_protected_meta( $key, $type ) { return '_' === $key[0]; }
function wp_remote_retrieve_response_code( $response ) { return $response; }

function get_post_types( $of, $output = 'names' ) {
	$names = array( 'post', 'page', 'recipe' );
	return 'objects' === $output ? array_map( 'get_post_type_object', $names ) : $names;
}

function get_post_type_object( $type ) {
	$bases = array( 'post' => 'posts', 'page' => 'pages', 'recipe' => '', 'wp_block' => 'blocks' );
	return (object) array(
		'name' => $type, 'show_in_rest' => isset( $bases[ $type ] ), 'rest_base' => $bases[ $type ] ?? '', 'public' => 'wp_block' !== $type,
	);
}

function get_taxonomy( $name ) {
	$bases = array( 'category' => 'categories', 'post_tag' => 'tags' );
	return isset( $bases[ $name ] ) ? (object) array(
		'name' => $name, 'show_in_rest' => true, 'rest_base' => $bases[ $name ], 'public' => true,
		'hierarchical' => 'category' === $name, 'object_type' => array( 'post' ),
	) : false;
}

class WP_Term {
	public $name, $slug, $parent;
	public function __construct( $name, $slug, $parent ) {
		list( $this->name, $this->slug, $this->parent ) = array( $name, $slug, $parent );
	}
}

$terms = array();
function get_term( $id, $taxonomy ) { return $GLOBALS['terms'][ $id ]; }
function get_term_children( $id, $taxonomy ) { return array( $id + 50 ); }

/** Changes a term as WordPress does. */
function change_term( $id, $taxonomy, $before, $after ) {
	$GLOBALS['terms'][ $id ] = $before;
	do_action( 'edit_terms', $id, $taxonomy );
	$GLOBALS['terms'][ $id ] = $after;
	do_action( 'edited_term', $id, $id + 10, $taxonomy );
}

/** Answers as WordPress 6.6 with the slugs of categories in addresses. */
function get_bloginfo( $what ) { return '6.6'; }
function get_option( $name ) { return '/%category%/%postname%/'; }

function get_post( $id ) { return post( $id, 'post', $id < 10 ? 'publish' : 'draft' ); }
function get_comment( $id ) { return comment( $id, '1' ); }
function get_userdata( $id ) { return user( "User $id", "user-$id" ); }
function count_user_posts( $id ) { return array( 0 => 0, 20 => 1 )[ (int) $id ] ?? 5; }
function wp_is_post_revision( $id ) { return $id - 1000; }

/** Answers the plugin's two queries: the children of a post, and the number of posts of a term. */
class Database {
	public $posts = 'wp_posts', $term_taxonomy = 'wp_term_taxonomy', $children = array(), $counts = array();
	public function prepare( $query, $id ) { return $id; }
	public function get_results( $id ) { return $this->children[ $id ] ?? array(); }
	public function get_row( $id ) { return (object) array( 'term_id' => $id + 100, 'count' => $this->counts[ $id ] ?? '0' ); }
}
$wpdb = new Database();

/** Counts the posts of a term anew. */
function count_term( $tt_id, $taxonomy, $count ) {
	do_action( 'edit_term_taxonomy', $tt_id, $taxonomy );
	$GLOBALS['wpdb']->counts[ $tt_id ] = $count;
	do_action( 'edited_term_taxonomy', $tt_id, $taxonomy );
}

function wp_remote_post( $url, $request ) {
	global $status;
	echo json_encode( array( 'url' => $url, 'headers' => $request['headers'], 'body' => $request['body'] ) ), "\n";
	return $status;
}

function wp_schedule_single_event( $time, $hook, $arguments ) {
	echo json_encode( array( 'retry' => $hook, 'events' => count( $arguments[0] ), 'failures' => $arguments[1] ) ), "\n";
}

function post( $id, $type, $state, $changed = array() ) {
	return (object) ( $changed + array(
		'ID' => $id, 'post_type' => $type, 'post_status' => $state, 'post_author' => '1', 'post_date' => '2025-01-01 10:00:00',
		'post_name' => "post-$id", 'post_parent' => 0, 'post_password' => '', 'comment_count' => '0',
	) );
}

function comment( $id, $approved, $parent = '0' ) {
	return (object) array( 'comment_ID' => (string) $id, 'comment_approved' => $approved, 'comment_post_ID' => '7', 'comment_parent' => $parent );
}

function user( $name, $slug ) { return (object) array( 'display_name' => $name, 'user_nicename' => $slug ); }

require __DIR__ . '/larder.php';

switch ( $argv[3] ?? '' ) {
	case 'nothing':
		do_action( 'transition_post_status', 'draft', 'auto-draft', post( 1, 'post', 'draft' ) );
		do_action( 'transition_post_status', 'publish', 'draft', post( 1, 'revision', 'publish' ) );
		do_action( 'deleted_post', 1, post( 1, 'post', 'trash' ) );
		do_action( 'post_updated', 1, post( 1, 'post', 'draft', array( 'post_date' => '' ) ), post( 1, 'post', 'draft' ) );
		do_action( 'updated_option', 'cron', array(), array( 1 ) );
		do_action( 'updated_post_meta', 1, 7, '_edit_lock' );
		do_action( 'updated_post_meta', 1, 70, 'subtitle' );
		do_action( 'wp_insert_comment', 1, comment( 1, '0' ) );
		do_action( 'set_object_terms', 7, array(), array( 2, 1 ), 'category', false, array( '1', '2' ) );
		do_action( '_wp_put_post_revision', 1070 );
		count_term( 2, 'category', '0' );
		break;
	case 'many':
		for ( $i = 1; $i <= 501; $i++ ) {
			do_action( 'transition_post_status', 'publish', 'draft', post( $i, 'post', 'publish' ) );
		}
		break;
	case 'posts':
		// Under page 2 there are a file, page 31 and a draft; the database says that page 2 is under page 31, too.
		$wpdb->children = array(
			2 => array( post( 30, 'attachment', 'inherit' ), post( 31, 'page', 'publish', array( 'comment_count' => '1' ) ), post( 32, 'page', 'draft' ) ),
			31 => array( post( 2, 'page', 'publish' ) ),
			40 => array( post( 41, 'page', 'publish' ) ),
		);
		do_action( 'post_updated', 40, post( 40, 'page', 'private', array( 'post_name' => 'renamed' ) ), post( 40, 'page', 'private' ) );
		$old = post( 2, 'page', 'publish' );
		do_action( 'transition_post_status', 'publish', 'publish', $old );
		do_action( 'post_updated', 2, post( 2, 'page', 'publish', array( 'post_name' => 'renamed' ) ), $old );
		do_action( 'post_updated', 3, post( 3, 'post', 'publish', array( 'post_date' => '2024-01-01 10:00:00' ) ), post( 3, 'post', 'publish' ) );
		do_action( 'post_updated', 4, post( 4, 'post', 'publish', array( 'post_author' => '20' ) ), post( 4, 'post', 'publish' ) );
		do_action( 'post_updated', 5, post( 5, 'post', 'publish', array( 'post_password' => 'x', 'comment_count' => '2' ) ), post( 5, 'post', 'publish' ) );
		do_action( 'transition_post_status', 'private', 'publish', post( 6, 'post', 'private', array( 'comment_count' => '2', 'post_author' => '0' ) ) );
		do_action( 'transition_post_status', 'publish', 'draft', post( 7, 'wp_block', 'publish' ) );
		do_action( '_wp_put_post_revision', 1008 );
		break;
	case 'terms':
		change_term( 1, 'category', new WP_Term( 'Old', 'old', 0 ), new WP_Term( 'New', 'old', 0 ) );
		change_term( 2, 'category', new WP_Term( 'A', 'a', 0 ), new WP_Term( 'A', 'a', 1 ) );
		change_term( 3, 'post_tag', new WP_Term( 'B', 'b', 0 ), new WP_Term( 'B', 'c', 0 ) );
		do_action( 'pre_delete_term', 4, 'category' );
		do_action( 'delete_term', 4, 14, 'category' );
		count_term( 5, 'category', '3' );
		do_action( 'deleted_term_relationships', 9, array( 14 ), 'category' );
		break;
	case 'others':
		do_action( 'profile_update', 8, user( 'User 8', 'user-8' ) );
		do_action( 'profile_update', 9, user( 'Old', 'old' ) );
		do_action( 'deleted_user', 10, 8 );
		do_action( 'delete_attachment', 11 );
		do_action( 'updated_post_meta', 1, 12, '_wp_attachment_image_alt' );
		do_action( 'wp_insert_comment', 13, comment( 13, '0', '14' ) );
		do_action( 'deleted_comment', 15, comment( 15, '1' ) );
		do_action( 'added_option', 'sticky_posts', array( 3 ) );
		break;
	default:
		do_action( 'transition_post_status', 'publish', 'draft', post( 1, 'post', 'publish' ) );
		do_action( 'added_post_meta', 1, 1, '_thumbnail_id' ); // weaker than its publication
		count_term( 2, 'category', '1' );
		do_action( 'transition_post_status', 'publish', 'publish', post( 2, 'page', 'publish' ) );
		do_action( 'transition_post_status', 'trash', 'publish', post( 3, 'recipe', 'trash' ) );
		do_action( 'deleted_post', 3, post( 3, 'recipe', 'trash' ) );
		do_action( 'set_object_terms', 7, array(), array( 1, 3 ), 'category', false, array( 1 ) );
		do_action( 'edit_attachment', 4 );
		do_action( 'created_term', 5, 55, 'post_tag' );
		do_action( 'edited_term', 6, 66, 'nav_menu' );
		do_action( 'transition_comment_status', 'approved', 'unapproved', comment( 9, '1' ) );
		do_action( 'transition_comment_status', 'spam', 'approved', comment( 10, 'spam' ) );
		do_action( 'wp_update_nav_menu', 11 );
		do_action( 'updated_option', 'blogname', 'Old', 'Né & "w"' );
}
do_action( 'shutdown' );
