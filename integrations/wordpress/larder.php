<?php
/**
 * Plugin Name: Larder
 * Description: Tells a Larder edge cache what each request to WordPress has changed.
 * Version: 1.0
 * Requires PHP: 7.4
 *
 * A must-use plugin: copy this file into wp-content/mu-plugins and define two
 * constants in wp-config.php:
 *
 *     define( 'LARDER_HOOK_URL', 'https://YOUR-DOMAIN/_larder/hooks/wordpress' );
 *     define( 'LARDER_HOOK_SECRET', 'the secret of the hook' );
 *
 * Changes are collected during the request and sent as one batch when it ends,
 * once the visitor has the response. A batch that cannot be delivered is sent
 * again by WP-Cron. Which surrogate keys a change purges is decided by the edge.
 */

defined( 'ABSPATH' ) || exit;

/**
 * What the request has changed so far, and how it is sent.
 */
final class Larder {
	/** Later actions replace weaker ones of the same item. */
	const STRENGTH = array( 'edit' => 1, 'publish' => 2, 'delete' => 3, 'all' => 4 );

	/** At most so many events are sent in one request to the edge. */
	const BATCH = 100;

	/** After a failure, a batch is sent again after so many seconds. */
	const RETRIES = array( 30, 120, 600, 3600 );

	/** Options that change what many answers of the REST API say. */
	const OPTIONS = array(
		'blogname', 'blogdescription', 'siteurl', 'home', 'permalink_structure', 'category_base', 'tag_base',
		'timezone_string', 'gmt_offset', 'date_format', 'time_format', 'start_of_week', 'WPLANG',
		'posts_per_page', 'show_on_front', 'page_on_front', 'page_for_posts', 'site_icon', 'site_logo',
		'show_avatars', 'avatar_default', 'avatar_rating', 'default_comment_status', 'template', 'stylesheet',
	);

	/** @var array<string, array> Events by type and id. */
	private static $events = array();

	/** Registers everything that is listened to. */
	public static function listen() {
		foreach ( array(
			'transition_post_status' => 3,
			'deleted_post'           => 2,
			'post_updated'           => 3,
			'set_object_terms'       => 6,
			'add_attachment'         => 1,
			'edit_attachment'        => 1,
			'delete_attachment'      => 1,
			'added_post_meta'        => 3,
			'updated_post_meta'      => 3,
			'deleted_post_meta'      => 3,
			'created_term'           => 3,
			'edited_term'            => 3,
			'delete_term'            => 3,
			'edited_term_taxonomy'   => 2,
			'profile_update'         => 1,
			'deleted_user'           => 1,
			'wp_insert_comment'      => 2,
			'transition_comment_status' => 3,
			'edit_comment'           => 1,
			'deleted_comment'        => 2,
			'wp_update_nav_menu'     => 1,
			'wp_create_nav_menu'     => 1,
			'wp_delete_nav_menu'     => 1,
			'updated_option'         => 3,
		) as $hook => $arguments ) {
			add_action( $hook, array( self::class, $hook ), 10, $arguments );
		}
		foreach ( array( 'switch_theme', 'activated_plugin', 'deactivated_plugin', 'upgrader_process_complete' ) as $hook ) {
			add_action( $hook, array( self::class, 'everything' ), 10, 0 );
		}
		add_action( 'shutdown', array( self::class, 'shutdown' ), 100, 0 );
		add_action( 'larder_retry', array( self::class, 'retry' ), 10, 2 );
	}

	// Posts of every type that the REST API shows.

	public static function transition_post_status( $new, $old, $post ) {
		$is  = 'publish' === $new;
		$was = 'publish' === $old;
		if ( ! $is && ! $was ) {
			return;
		}
		$shown = self::post( $is && $was ? 'edit' : ( $is ? 'publish' : 'delete' ), $post );
		if ( $shown && $is !== $was ) {
			// The list of users shows those who have published something.
			self::event( 'publish', 'user', '', 'users' );
		}
	}

	public static function deleted_post( $id, $post ) {
		self::post( 'delete', $post );
	}

	public static function post_updated( $id, $after, $before ) {
		if ( 'publish' === $after->post_status && $after->post_author !== $before->post_author ) {
			self::event( 'publish', 'user', '', 'users' );
		}
	}

	public static function set_object_terms( $id, $terms, $new, $taxonomy, $append, $old ) {
		sort( $new );
		sort( $old );
		if ( array_map( 'intval', $new ) !== array_map( 'intval', $old ) ) {
			self::published_post( $id );
		}
	}

	public static function added_post_meta( $meta_id, $id, $key ) {
		if ( '_thumbnail_id' === $key || ! is_protected_meta( $key, 'post' ) ) {
			self::published_post( $id );
		}
	}

	public static function updated_post_meta( $meta_id, $id, $key ) {
		self::added_post_meta( $meta_id, $id, $key );
	}

	public static function deleted_post_meta( $meta_ids, $id, $key ) {
		self::added_post_meta( $meta_ids, $id, $key );
	}

	/** Reports an edit of a post, if readers see it. */
	private static function published_post( $id ) {
		$post = get_post( $id );
		if ( $post && 'publish' === $post->post_status ) {
			self::post( 'edit', $post );
		}
	}

	/** Reports a post, unless the REST API does not show its type. */
	private static function post( $action, $post ) {
		$type = get_post_type_object( $post->post_type );
		if ( ! $type || empty( $type->show_in_rest ) || 'attachment' === $post->post_type ) {
			return false;
		}
		self::event( $action, $post->post_type, $post->ID, $type->rest_base ? $type->rest_base : $post->post_type );
		return true;
	}

	// Files.

	public static function add_attachment( $id ) {
		self::event( 'publish', 'media', $id, 'media' );
	}

	public static function edit_attachment( $id ) {
		self::event( 'edit', 'media', $id, 'media' );
	}

	public static function delete_attachment( $id ) {
		self::event( 'delete', 'media', $id, 'media' );
	}

	// Terms.

	public static function created_term( $id, $tt_id, $taxonomy ) {
		self::term( 'publish', $taxonomy, $id );
	}

	public static function edited_term( $id, $tt_id, $taxonomy ) {
		self::term( 'edit', $taxonomy, $id );
	}

	public static function delete_term( $id, $tt_id, $taxonomy ) {
		self::term( 'delete', $taxonomy, $id );
	}

	/** A term has another number of posts, which only the term itself shows. */
	public static function edited_term_taxonomy( $tt_id, $taxonomy ) {
		$name = is_object( $taxonomy ) ? $taxonomy->name : $taxonomy;
		$term = get_term_by( 'term_taxonomy_id', $tt_id, $name );
		if ( $term ) {
			self::term( 'publish', $name, $term->term_id, 'count:' );
		}
	}

	private static function term( $action, $taxonomy, $id, $prefix = '' ) {
		$known = get_taxonomy( $taxonomy );
		if ( $known && ! empty( $known->show_in_rest ) && 'nav_menu' !== $taxonomy ) {
			self::event( $action, $prefix . $taxonomy, $id, $known->rest_base ? $known->rest_base : $taxonomy );
		}
	}

	// Users, whom the REST API shows once they have published something.

	public static function profile_update( $id ) {
		self::event( 'edit', 'user', $id, 'users' );
	}

	public static function deleted_user( $id ) {
		self::event( 'delete', 'user', $id, 'users' );
	}

	// Comments, of which readers see the approved ones.

	public static function wp_insert_comment( $id, $comment ) {
		if ( '1' === (string) $comment->comment_approved ) {
			self::comment( 'publish', $comment );
		}
	}

	public static function transition_comment_status( $new, $old, $comment ) {
		if ( 'approved' === $new ) {
			self::comment( 'publish', $comment );
		} elseif ( 'approved' === $old ) {
			self::comment( 'delete', $comment );
		}
	}

	public static function edit_comment( $id ) {
		$comment = get_comment( $id );
		if ( $comment && '1' === (string) $comment->comment_approved ) {
			self::comment( 'edit', $comment );
		}
	}

	public static function deleted_comment( $id, $comment ) {
		self::comment( 'delete', $comment );
	}

	private static function comment( $action, $comment ) {
		self::event( $action, 'comment', $comment->comment_ID, 'comments', array( 'post' => (int) $comment->comment_post_ID ) );
	}

	// Menus.

	public static function wp_create_nav_menu( $id ) {
		self::event( 'publish', 'nav_menu', $id, 'menus' );
	}

	public static function wp_update_nav_menu( $id ) {
		self::event( 'publish', 'nav_menu', $id, 'menus' );
		self::event( 'publish', 'nav_menu_item', '', 'menu-items' );
	}

	public static function wp_delete_nav_menu( $id ) {
		self::event( 'delete', 'nav_menu', $id, 'menus' );
		self::event( 'publish', 'nav_menu_item', '', 'menu-items' );
	}

	// Options, themes and plugins.

	public static function updated_option( $option, $old, $new ) {
		if ( 'sticky_posts' === $option ) {
			$old = is_array( $old ) ? $old : array();
			$new = is_array( $new ) ? $new : array();
			foreach ( array_merge( array_diff( $old, $new ), array_diff( $new, $old ) ) as $id ) {
				self::event( 'publish', 'post', $id, 'posts' );
			}
			return;
		}
		if ( in_array( $option, apply_filters( 'larder_options', self::OPTIONS ), true ) ) {
			self::event( 'all', 'option', $option, '' );
		}
	}

	public static function everything() {
		self::event( 'all', 'site', '', '' );
	}

	// Sending.

	private static function event( $action, $type, $id, $list, $more = array() ) {
		$key = $type . ':' . $id;
		if ( isset( self::$events[ $key ] ) && self::STRENGTH[ self::$events[ $key ]['action'] ] >= self::STRENGTH[ $action ] ) {
			return;
		}
		$event = array( 'action' => $action, 'type' => $type, 'list' => $list ) + $more;
		if ( '' !== $id ) {
			$event['id'] = is_numeric( $id ) ? (int) $id : $id;
		}
		self::$events[ $key ] = $event;
	}

	public static function shutdown() {
		$events       = array_values( self::$events );
		self::$events = array();
		if ( ! $events ) {
			return;
		}
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request(); // The visitor does not wait for the edge.
		}
		foreach ( array_chunk( $events, self::BATCH ) as $batch ) {
			self::send( $batch, 0 );
		}
	}

	/** Sends a batch again that could not be delivered. */
	public static function retry( $batch, $failures ) {
		self::send( $batch, $failures );
	}

	private static function send( $batch, $failures ) {
		$body     = wp_json_encode( array( 'site' => home_url(), 'events' => $batch ) );
		$response = wp_remote_post( LARDER_HOOK_URL, array(
			'timeout' => 5,
			'headers' => array( 'Content-Type' => 'application/json', 'Larder-Signature' => self::sign( $body ) ),
			'body'    => $body,
		) );
		$status   = is_wp_error( $response ) ? 0 : (int) wp_remote_retrieve_response_code( $response );
		if ( $status >= 200 && $status < 300 ) {
			return;
		}
		error_log( 'Larder: the hook answered ' . ( $status ? $status : $response->get_error_message() ) );
		// The same batch would be refused again, unless the edge is to blame.
		$again = 0 === $status || 429 === $status || $status >= 500;
		if ( $again && isset( self::RETRIES[ $failures ] ) ) {
			wp_schedule_single_event( time() + self::RETRIES[ $failures ], 'larder_retry', array( $batch, $failures + 1 ) );
		}
	}

	/** An HMAC of the time in milliseconds, a dot and the body. */
	private static function sign( $body ) {
		$time = (string) (int) round( microtime( true ) * 1000 );
		return 't=' . $time . ',v1=' . hash_hmac( 'sha256', $time . '.' . $body, LARDER_HOOK_SECRET );
	}
}

if ( defined( 'LARDER_HOOK_URL' ) && defined( 'LARDER_HOOK_SECRET' ) && '' !== LARDER_HOOK_SECRET ) {
	Larder::listen();
}
